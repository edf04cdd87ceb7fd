-- rewrite_refused: what the maintenance role lacks, in words for an administrator.
-- Index: none (catalogue)
-- Role: nrem_maintain
SELECT 'MAINTAIN ON ' || t.name AS lacks
FROM unnest(cast(:names AS text[])) AS t (name)
WHERE NOT has_table_privilege(t.name, 'MAINTAIN')
UNION ALL
SELECT 'EXECUTE ON FUNCTION ' || f.name
FROM unnest(ARRAY['pg_switch_wal()', 'pg_ls_waldir()']) AS f (name)
WHERE NOT has_function_privilege(f.name, 'EXECUTE')
UNION ALL
SELECT 'pg_checkpoint'
WHERE NOT pg_has_role('pg_checkpoint', 'USAGE')

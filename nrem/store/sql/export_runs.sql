-- export_runs: runs by their numbers, without what they say of others.
-- Index: runs_pkey
SELECT 'runs' AS "table", to_jsonb(t) - 'detail' AS "row"
FROM runs AS t
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.id = ANY(cast(:run_ids AS bigint[]))
ORDER BY t.id

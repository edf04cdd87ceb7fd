-- agent_find: row numbers of agents by the caller's ids.
-- Index: agents_external_key
SELECT a.external_id, a.id
FROM agents AS a
WHERE a.org_id = cast(:org_id AS bigint)
  AND a.external_id = ANY(cast(:names AS text[]))

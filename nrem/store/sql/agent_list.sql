-- agent_list: the agents of an org by the caller's ids.
-- Index: agents_external_key
SELECT a.external_id
FROM agents AS a
WHERE a.org_id = cast(:org_id AS bigint)
ORDER BY a.external_id

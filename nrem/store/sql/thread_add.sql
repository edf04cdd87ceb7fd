-- thread_add: enters threads into the directory; one that exists stays as it is.
-- Index: threads_external_key
INSERT INTO threads (org_id, agent_id, external_id)
SELECT cast(:org_id AS bigint), w.agent_id, w.name
FROM unnest(cast(:agent_ids AS bigint[]), cast(:names AS text[])) AS w (agent_id, name)
ORDER BY w.agent_id, w.name
ON CONFLICT (org_id, agent_id, external_id) DO NOTHING

-- thread_find: row numbers of threads by agent and the caller's id.
-- Index: threads_external_key
SELECT t.agent_id, t.external_id, t.id
FROM threads AS t
JOIN unnest(cast(:agent_ids AS bigint[]), cast(:names AS text[])) AS w (agent_id, name)
  ON w.agent_id = t.agent_id AND w.name = t.external_id
WHERE t.org_id = cast(:org_id AS bigint)

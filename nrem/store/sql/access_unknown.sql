-- access_unknown: which of the memories named the agents do not have.
-- Index: memories_pkey
SELECT w.event_id
FROM unnest(cast(:memory_ids AS bigint[]), cast(:agent_ids AS bigint[]), cast(:event_ids AS bigint[]))
  AS w (memory_id, agent_id, event_id)
WHERE NOT EXISTS (
  SELECT FROM memories AS m
  WHERE m.org_id = cast(:org_id AS bigint) AND m.id = w.memory_id AND m.agent_id = w.agent_id)
ORDER BY w.event_id

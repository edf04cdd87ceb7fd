-- forget_about: what the trail names of memories: of which user they are, and their type.
-- Index: memories_pkey
SELECT m.id, m.agent_id, m.user_id, m.type
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
ORDER BY m.id

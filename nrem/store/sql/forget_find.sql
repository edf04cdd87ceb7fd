-- forget_find: which of the memories named are those of an agent, or of one user of it, in whatever state.
-- Index: memories_pkey
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
  AND m.agent_id = cast(:agent_id AS bigint)
  AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
ORDER BY m.id

-- shelf_own: which of the memories named lie on a shelf of an agent, and of one person where one is named.
-- Index: memories_pkey
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
  AND m.agent_id = cast(:agent_id AS bigint)
  AND m.shelf = cast(:shelf AS text)
  AND (cast(:subject_id AS bigint) IS NULL OR m.subject_id = cast(:subject_id AS bigint))
ORDER BY m.id

-- closure_lock_memories: locks memories in the order of their numbers, to delete them.
-- Index: memories_pkey
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
ORDER BY m.id
FOR UPDATE

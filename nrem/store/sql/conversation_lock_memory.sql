-- conversation_lock_memory: locks a memory, so that it is not added to two conversations at once.
-- Index: memories_pkey
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = cast(:memory_id AS bigint)
FOR NO KEY UPDATE

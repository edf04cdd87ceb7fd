-- hold_memory: whether there is such a memory to hold; of a purged one nothing is left.
-- Index: memories_pkey
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = cast(:memory_id AS bigint)
  AND m.state <> 'purged'

-- shelf_sources: the original events behind memories, memory by memory.
-- Index: derivations_pkey
SELECT d.child_id AS memory_id, d.event_id
FROM derivations AS d
WHERE d.org_id = cast(:org_id AS bigint)
  AND d.child_kind = 'memory'
  AND d.child_id = ANY(cast(:memory_ids AS bigint[]))
ORDER BY d.child_id, d.event_id

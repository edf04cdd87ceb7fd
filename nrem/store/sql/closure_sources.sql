-- closure_sources: the original events behind memories.
-- Index: derivations_pkey
SELECT DISTINCT d.event_id
FROM derivations AS d
WHERE d.org_id = cast(:org_id AS bigint)
  AND d.child_kind = 'memory'
  AND d.child_id = ANY(cast(:memory_ids AS bigint[]))
ORDER BY d.event_id

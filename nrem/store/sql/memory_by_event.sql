-- memory_by_event: the memory that a direct store made of its event.
-- Index: derivations_event_idx
SELECT d.child_id
FROM derivations AS d
WHERE d.org_id = cast(:org_id AS bigint)
  AND d.event_id = cast(:event_id AS bigint)
  AND d.child_kind = 'memory'
ORDER BY d.child_id
LIMIT 1

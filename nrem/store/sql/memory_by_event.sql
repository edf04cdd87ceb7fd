-- memory_by_event: the memory that each direct store made of its event.
-- Index: derivations_event_idx
SELECT d.event_id, min(d.child_id) AS memory_id
FROM derivations AS d
WHERE d.org_id = cast(:org_id AS bigint)
  AND d.event_id = ANY(cast(:event_ids AS bigint[]))
  AND d.child_kind = 'memory'
GROUP BY d.event_id

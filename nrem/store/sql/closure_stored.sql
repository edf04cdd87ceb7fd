-- closure_stored: what callers stored in events that survive, as the memories made of them say it now; what they had forgotten stays forgotten.
-- Index: events_pkey, derivations_event_idx, memories_pkey
SELECT DISTINCT ON (e.id) e.id AS event_id, m.id AS memory_id, m.version, m.content, m.importance, m.importance_given,
       m.features, m.occurred_at
FROM events AS e
JOIN derivations AS d ON d.org_id = e.org_id AND d.event_id = e.id AND d.child_kind = 'memory'
JOIN memories AS m ON m.org_id = d.org_id AND m.id = d.child_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = ANY(cast(:event_ids AS bigint[]))
  AND e.kind = 'memory'
  AND m.derived_by IS NULL
  AND d.run_id IS NULL
  AND m.state IN ('live', 'archived')
ORDER BY e.id, m.id

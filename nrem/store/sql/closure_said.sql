-- closure_said: what live memories say that came from events.
-- Index: derivations_event_idx, memories_pkey
SELECT DISTINCT m.id, m.content
FROM derivations AS d
JOIN memories AS m ON m.org_id = d.org_id AND m.id = d.child_id
WHERE d.org_id = cast(:org_id AS bigint)
  AND d.event_id = ANY(cast(:event_ids AS bigint[]))
  AND d.child_kind = 'memory'
  AND m.state = 'live'
ORDER BY m.id

-- shelf_empty_events: empties the events that memories came from, where no other memory is left of them.
-- Index: derivations_pkey, derivations_event_idx, events_pkey
UPDATE events AS e
SET body = '{}'
FROM derivations AS d
WHERE d.org_id = cast(:org_id AS bigint)
  AND d.child_kind = 'memory'
  AND d.child_id = ANY(cast(:memory_ids AS bigint[]))
  AND e.org_id = cast(:org_id AS bigint)
  AND e.id = d.event_id
  AND e.kind = 'memory'
  AND e.body <> '{}'
  AND NOT EXISTS (
    SELECT FROM derivations AS o
    JOIN memories AS m ON m.org_id = o.org_id AND m.id = o.child_id
    WHERE o.org_id = e.org_id AND o.event_id = e.id AND o.child_kind = 'memory'
      AND m.state <> 'purged' AND m.id <> ALL(cast(:memory_ids AS bigint[])))

-- event_status: one event with its effects, its memories and the reason it was parked for, if it was.
-- Index: events_pkey
SELECT e.id, e.kind, e.occurred_at, e.recorded_at,
       (SELECT array_agg(d.child_id ORDER BY d.child_id) FROM derivations AS d
        WHERE d.org_id = e.org_id AND d.event_id = e.id AND d.child_kind = 'memory') AS memory_ids,
       (SELECT array_agg(f.outcome) FROM effects AS f
        WHERE f.org_id = e.org_id AND f.event_id = e.id) AS outcomes,
       (SELECT f.reason FROM effects AS f
        WHERE f.org_id = e.org_id AND f.event_id = e.id AND f.outcome = 'dropped') AS dropped_reason,
       EXISTS (SELECT FROM accesses AS x
               WHERE x.org_id = e.org_id AND x.event_id = e.id AND x.folded_at IS NOT NULL) AS is_counted,
       (SELECT p.reason FROM parked AS p
        WHERE p.org_id = e.org_id AND p.item_kind = 'event' AND p.item_id = e.id AND p.resolved_at IS NULL
        LIMIT 1) AS parked_reason
FROM events AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = cast(:event_id AS bigint)

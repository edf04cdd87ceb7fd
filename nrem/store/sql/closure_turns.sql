-- closure_turns: what was said in turns that survive, in their order.
-- Index: events_pkey
SELECT e.id, e.seq, e.occurred_at, e.body
FROM events AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = ANY(cast(:event_ids AS bigint[]))
  AND e.kind = 'turn'
  AND e.body <> '{}'
ORDER BY e.id

-- closure_lock_events: locks events, so that nobody derives anything from them until this transaction ends.
-- Index: events_pkey
SELECT e.id
FROM events AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = ANY(cast(:event_ids AS bigint[]))
ORDER BY e.id
FOR UPDATE

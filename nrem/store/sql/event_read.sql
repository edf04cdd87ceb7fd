-- event_read: queued events with the subject they are about; one that was erased is left out.
-- Index: events_pkey
SELECT e.id, e.kind, e.subject_id, s.agent_id, s.user_id, e.session_id, e.occurred_at, e.recorded_at, e.body
FROM events AS e
JOIN subjects AS s ON s.org_id = e.org_id AND s.id = e.subject_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = ANY(cast(:event_ids AS bigint[]))
  AND e.body <> '{}'
ORDER BY e.id

-- closure_subjects: whose streams a pass may hold that is at work on events: those of the events' subjects and of their sessions.
-- Index: events_pkey, sessions_pkey
SELECT e.subject_id
FROM events AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = ANY(cast(:event_ids AS bigint[]))
UNION
SELECT s.subject_id
FROM events AS e
JOIN sessions AS s ON s.org_id = e.org_id AND s.id = e.session_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = ANY(cast(:event_ids AS bigint[]))
ORDER BY subject_id

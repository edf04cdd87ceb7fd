-- consolidate_next: the subject's first ended session that waits, and how many of its events are not scored yet.
-- Index: sessions_waiting_idx
-- Role: nrem_worker
SELECT s.id, s.ended_at,
       (SELECT count(*) FROM inbox AS i
        WHERE i.org_id = s.org_id AND i.session_id = s.id AND i.pass = 'score') AS unscored
FROM sessions AS s
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.subject_id = cast(:subject_id AS bigint)
  AND s.state = 'ended'
  -- undone, and not asked for again
  AND s.set_aside_by IS NULL
ORDER BY s.end_order, s.id
LIMIT 1

-- consolidate_next_due: when the subject has a session to consolidate; NULL when it has none open or ended.
-- Index: sessions_waiting_idx
-- Role: nrem_worker
SELECT min(CASE
    WHEN s.state = 'open' THEN s.last_event_at + make_interval(secs => cast(:idle_seconds AS float8))
    WHEN EXISTS (
      SELECT FROM inbox AS i
      WHERE i.org_id = s.org_id AND i.session_id = s.id AND i.pass = 'score'
    ) THEN app_now() + interval '1 second'
    ELSE app_now()
  END) AS due_at
FROM sessions AS s
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.subject_id = cast(:subject_id AS bigint)
  AND s.state <> 'consolidated'
  AND s.set_aside_by IS NULL

-- consolidate_close_idle: ends the subject's sessions that nobody has written to for the idle time.
-- Index: sessions_waiting_idx
-- Role: nrem_worker
UPDATE sessions AS s
SET state = 'ended',
    ended_at = coalesce(last.occurred_at, s.started_at),
    end_order = coalesce(last.id, 0)
FROM (
  SELECT o.id AS session_id, e.id, e.occurred_at
  FROM sessions AS o
  LEFT JOIN LATERAL (
    SELECT v.id, v.occurred_at
    FROM events AS v
    WHERE v.org_id = o.org_id AND v.session_id = o.id
    ORDER BY v.id DESC
    LIMIT 1
  ) AS e ON true
  WHERE o.org_id = cast(:org_id AS bigint)
    AND o.subject_id = cast(:subject_id AS bigint)
    AND o.state = 'open'
) AS last
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.id = last.session_id
  AND s.state = 'open'
  AND s.last_event_at <= app_now() - make_interval(secs => cast(:idle_seconds AS float8))

-- tick_newest: the last instant of each of these schedules that fired.
-- Index: ticks_pkey
-- Role: nrem_worker
SELECT w.schedule, n.instant
FROM unnest(cast(:schedules AS text[])) AS w (schedule)
CROSS JOIN LATERAL (
  SELECT max(t.instant) AS instant
  FROM ticks AS t
  WHERE t.schedule = w.schedule
) AS n
WHERE n.instant IS NOT NULL

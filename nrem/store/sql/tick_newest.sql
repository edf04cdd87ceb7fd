-- tick_newest: the last instant of each schedule that fired.
-- Index: ticks_pkey
-- Role: nrem_worker
SELECT t.schedule, max(t.instant) AS instant
FROM ticks AS t
GROUP BY t.schedule

-- tick_prune: deletes ticks older than given, but the newest of each schedule.
-- Index: ticks_pkey
-- Role: nrem_worker
DELETE FROM ticks AS t
WHERE t.instant < clock_timestamp() - make_interval(secs => cast(:keep_seconds AS float8))
  AND EXISTS (SELECT FROM ticks AS n WHERE n.schedule = t.schedule AND n.instant > t.instant)

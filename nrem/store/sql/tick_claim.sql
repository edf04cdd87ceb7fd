-- tick_claim: claims instants of schedules; those that another scheduler has do not come back.
-- Index: ticks_pkey
-- Role: nrem_worker
INSERT INTO ticks (schedule, instant, scheduler)
SELECT w.schedule, w.instant, cast(:scheduler AS text)
FROM unnest(cast(:schedules AS text[]), cast(:instants AS timestamptz[])) AS w (schedule, instant)
ORDER BY w.schedule, w.instant
ON CONFLICT (schedule, instant) DO NOTHING
RETURNING schedule

-- tick_add: claims an instant of a schedule; no row comes back when another scheduler has it.
-- Index: ticks_pkey
-- Role: nrem_worker
INSERT INTO ticks (schedule, instant, scheduler)
VALUES (cast(:schedule AS text), cast(:instant AS timestamptz), cast(:scheduler AS text))
ON CONFLICT (schedule, instant) DO NOTHING
RETURNING schedule

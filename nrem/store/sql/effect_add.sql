-- effect_add: writes down what became of events in a step; a second effect of the same step is refused.
-- Index: effects_pkey
INSERT INTO effects (org_id, event_id, step, outcome, reason, run_id, at)
SELECT cast(:org_id AS bigint), w.event_id, cast(:step AS text), w.outcome, nullif(w.reason, ''),
       nullif(cast(:run_id AS bigint), 0), app_now()
FROM unnest(cast(:event_ids AS bigint[]), cast(:outcomes AS text[]), cast(:reasons AS text[]))
  AS w (event_id, outcome, reason)
ORDER BY w.event_id

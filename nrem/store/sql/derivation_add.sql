-- derivation_add: names the original events behind derived rows; one that is named already stays.
-- Index: derivations_pkey
INSERT INTO derivations (org_id, child_kind, child_id, event_id, run_id)
SELECT cast(:org_id AS bigint), 'memory', w.memory_id, w.event_id, nullif(w.run_id, 0)
FROM unnest(cast(:memory_ids AS bigint[]), cast(:event_ids AS bigint[]), cast(:run_ids AS bigint[]))
  AS w (memory_id, event_id, run_id)
ORDER BY w.memory_id, w.event_id
ON CONFLICT (org_id, child_kind, child_id, event_id) DO NOTHING

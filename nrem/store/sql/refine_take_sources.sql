-- refine_take_sources: memories rest also on the events behind those that are merged into them.
-- Index: derivations_pkey
-- Role: nrem_worker
INSERT INTO derivations (org_id, child_kind, child_id, event_id, run_id)
SELECT DISTINCT d.org_id, d.child_kind, w.kept_id, d.event_id, cast(:run_id AS bigint)
FROM unnest(cast(:kept_ids AS bigint[]), cast(:dropped_ids AS bigint[])) AS w (kept_id, dropped_id)
JOIN derivations AS d
  ON d.org_id = cast(:org_id AS bigint) AND d.child_kind = 'memory' AND d.child_id = w.dropped_id
ON CONFLICT (org_id, child_kind, child_id, event_id) DO NOTHING

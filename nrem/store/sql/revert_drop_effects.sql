-- revert_drop_effects: deletes what a run said has become of the events of its sessions.
-- Index: events_session_idx, effects_pkey
DELETE FROM effects AS f
USING events AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.session_id = ANY(cast(:session_ids AS bigint[]))
  AND f.org_id = e.org_id
  AND f.event_id = e.id
  AND f.run_id = cast(:run_id AS bigint)

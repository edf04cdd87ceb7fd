-- revert_again_sessions: the sessions that were set aside when a run was undone wait again.
-- Index: sessions_set_aside_idx
UPDATE sessions AS s
SET set_aside_by = NULL
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.set_aside_by = cast(:run_id AS bigint)

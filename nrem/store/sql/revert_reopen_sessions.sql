-- revert_reopen_sessions: sessions that a run handed over wait again, or are set aside until somebody asks for them.
-- Index: sessions_pkey
UPDATE sessions AS s
SET state = 'ended', consolidated_at = NULL, transitioned = NULL, run_id = NULL,
    set_aside_by = CASE WHEN cast(:again AS bool) THEN NULL ELSE cast(:run_id AS bigint) END
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.id = ANY(cast(:session_ids AS bigint[]))

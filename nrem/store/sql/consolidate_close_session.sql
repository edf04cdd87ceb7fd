-- consolidate_close_session: marks a session as consolidated by a run.
-- Index: sessions_pkey
-- Role: nrem_worker
UPDATE sessions AS s
SET state = 'consolidated', consolidated_at = app_now(), run_id = cast(:run_id AS bigint),
    transitioned = cast(:transitioned AS int)
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.id = cast(:session_id AS bigint)
  AND s.state = 'ended'

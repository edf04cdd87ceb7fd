-- revert_lock_sessions: locks the sessions that a run handed over, in the order of their numbers.
-- Index: sessions_run_idx
SELECT s.id
FROM sessions AS s
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.run_id = cast(:run_id AS bigint)
ORDER BY s.id
FOR NO KEY UPDATE

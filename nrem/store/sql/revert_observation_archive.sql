-- revert_observation_archive: archives what a run wrote; its places in the window are free again.
-- Index: observations_run_idx
UPDATE observations AS o
SET archived_at = app_now(), archived_reason = 'reverted', archived_by = cast(:undone_by AS bigint),
    window_place = NULL
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.run_id = cast(:run_id AS bigint)
  AND o.archived_at IS NULL
RETURNING o.subject_id, o.tokens

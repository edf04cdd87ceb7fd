-- reflect_archive: takes active observations out of the log, each for its reason.
-- Index: observations_ordinal_key
UPDATE observations AS o
SET archived_at = app_now(), archived_reason = w.reason, archived_by = cast(:run_id AS bigint)
FROM unnest(cast(:ordinals AS int[]), cast(:reasons AS text[])) AS w (ordinal, reason)
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.subject_id = cast(:subject_id AS bigint)
  AND o.ordinal = w.ordinal
  AND o.archived_at IS NULL
RETURNING o.tokens

-- revert_observation_restore: makes active again what a run archived, unless its words are active in another row.
-- Index: observations_archived_idx, observations_active_key
UPDATE observations AS o
SET archived_at = NULL, archived_reason = NULL, archived_by = NULL
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.archived_by = cast(:run_id AS bigint)
  AND NOT EXISTS (
    SELECT FROM observations AS a
    WHERE a.org_id = o.org_id AND a.subject_id = o.subject_id AND a.content_hash = o.content_hash
      AND a.archived_at IS NULL)
RETURNING o.subject_id, o.tokens

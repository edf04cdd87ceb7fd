-- zeno_observation_close: archives observations that were archived already where they come from, each at its time.
-- Index: observations_ordinal_key
UPDATE observations AS o
SET archived_at = w.archived_at, archived_reason = 'deleted', archived_by = o.run_id
FROM unnest(cast(:ordinals AS int[]), cast(:archived_at AS timestamptz[])) AS w (ordinal, archived_at)
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.subject_id = cast(:subject_id AS bigint)
  AND o.ordinal = w.ordinal
  AND o.archived_at IS NULL
RETURNING o.tokens

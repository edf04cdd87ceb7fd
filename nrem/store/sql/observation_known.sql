-- observation_known: the newest active observations of a person, without vectors.
-- Index: observations_active_idx
-- Role: nrem_worker
SELECT o.ordinal, o.text, o.priority, o.observation_date, o.referenced_date
FROM observations AS o
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.subject_id = cast(:subject_id AS bigint)
  AND o.archived_at IS NULL
ORDER BY o.ordinal DESC
LIMIT cast(:limit AS int)

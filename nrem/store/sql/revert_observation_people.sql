-- revert_observation_people: of whom a run wrote or archived observations.
-- Index: observations_run_idx, observations_archived_idx
SELECT o.subject_id
FROM observations AS o
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.run_id = cast(:run_id AS bigint)
UNION
SELECT o.subject_id
FROM observations AS o
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.archived_by = cast(:run_id AS bigint)
ORDER BY 1

-- revert_observation_later: the runs that archived what a run wrote.
-- Index: observations_run_idx
SELECT DISTINCT o.archived_by
FROM observations AS o
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.run_id = cast(:run_id AS bigint)
  AND o.archived_by IS NOT NULL
ORDER BY o.archived_by

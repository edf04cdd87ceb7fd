-- edge_end_of_run: ends the standing edges that a run drew.
-- Index: edges_run_idx
UPDATE edges AS e
SET valid_to = greatest(app_now(), e.valid_from + interval '1 microsecond')
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.run_id = cast(:run_id AS bigint)
  AND e.valid_to IS NULL

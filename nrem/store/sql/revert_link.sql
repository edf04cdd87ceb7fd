-- revert_link: ties a run and the run that undid it together.
-- Index: runs_pkey
UPDATE runs AS r
SET reverts = CASE WHEN r.id = w.reverted_by THEN w.run_id ELSE r.reverts END,
    reverted_by = CASE WHEN r.id = w.run_id THEN w.reverted_by ELSE r.reverted_by END,
    reverted_at = CASE WHEN r.id = w.run_id THEN app_now() ELSE r.reverted_at END
FROM (VALUES (cast(:run_id AS bigint), cast(:reverted_by AS bigint))) AS w (run_id, reverted_by)
WHERE r.org_id = cast(:org_id AS bigint)
  AND r.id IN (w.run_id, w.reverted_by)

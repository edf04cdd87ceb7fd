-- run_read: one run of the org.
-- Index: runs_pkey
SELECT r.id, r.pass AS pass_name, r.cause, r.task_id, r.read, r.proposed, r.changed, r.outcome, r.reason,
       r.started_at, r.finished_at, r.duration_ms, r.engine, r.detail,
       r.reverted_at, r.reverted_by, r.reverts
FROM runs AS r
WHERE r.org_id = cast(:org_id AS bigint)
  AND r.id = cast(:id AS bigint)

-- run_last: the newest run of each of these passes of the org.
-- Index: runs_pass_idx
SELECT r.id, r.pass AS pass_name, r.cause, r.task_id, r.read, r.proposed, r.changed, r.outcome, r.reason,
       r.started_at, r.finished_at, r.duration_ms, r.engine, r.detail,
       r.reverted_at, r.reverted_by, r.reverts
FROM unnest(cast(:passes AS text[])) AS w (pass)
CROSS JOIN LATERAL (
  SELECT *
  FROM runs AS n
  WHERE n.org_id = cast(:org_id AS bigint)
    AND n.pass = w.pass
  ORDER BY n.id DESC
  LIMIT 1
) AS r

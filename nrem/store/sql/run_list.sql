-- run_list: runs of the org, newest first, that fit every filter given.
-- Index: runs_pkey, runs_pass_idx
SELECT r.id, r.pass AS pass_name, r.cause, r.task_id, r.read, r.proposed, r.changed, r.outcome, r.reason,
       r.started_at, r.finished_at, r.duration_ms, r.engine, r.detail,
       r.reverted_at, r.reverted_by, r.reverts
FROM runs AS r
WHERE r.org_id = cast(:org_id AS bigint)
  AND (cast(:before_id AS bigint) IS NULL OR r.id < cast(:before_id AS bigint))
  AND (cast(:pass AS text) IS NULL OR r.pass = cast(:pass AS text))
  AND (cast(:outcome AS text) IS NULL OR r.outcome = cast(:outcome AS text))
  AND (cast(:cause AS text) IS NULL OR starts_with(r.cause, cast(:cause AS text)))
ORDER BY r.id DESC
LIMIT cast(:limit AS int)

-- job_begin: a job that is not over runs, since it was first taken up.
-- Index: jobs_pkey
-- Role: nrem_worker
UPDATE jobs AS j
SET state = 'running', started_at = coalesce(j.started_at, app_now()),
    updated_at = CASE WHEN j.state = 'queued' THEN app_now() ELSE j.updated_at END
WHERE j.org_id = cast(:org_id AS bigint)
  AND j.id = cast(:job_id AS bigint)
  AND j.family = cast(:family AS text)
  AND j.state IN ('queued', 'running')
RETURNING j.id

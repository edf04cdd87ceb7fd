-- job_go_on: how far a running job has come; what was asked changes only where something is given.
-- Index: jobs_pkey
-- Role: nrem_worker
UPDATE jobs AS j
SET result = cast(:result AS jsonb), request = j.request || cast(:request AS jsonb), updated_at = app_now()
WHERE j.org_id = cast(:org_id AS bigint)
  AND j.id = cast(:job_id AS bigint)
  AND j.state = 'running'
RETURNING j.id

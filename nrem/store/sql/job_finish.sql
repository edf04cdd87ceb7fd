-- job_finish: ends jobs that are not over; the words of what was asked are taken out.
-- Index: jobs_pkey
-- Role: nrem_worker
UPDATE jobs AS j
SET state = cast(:state AS text), result = coalesce(cast(:result AS jsonb), j.result),
    error = cast(:error AS text), run_id = cast(:run_id AS bigint), request = j.request - 'text',
    updated_at = app_now(), completed_at = app_now()
WHERE j.org_id = cast(:org_id AS bigint)
  AND j.id = ANY(cast(:job_ids AS bigint[]))
  AND j.state IN ('queued', 'running')
RETURNING j.id, j.family, j.agent_id

-- job_read: one job of a family, with the names of its agent and dataset.
-- Index: jobs_pkey
SELECT j.id, j.family, j.state, j.cause, j.agent_id, a.external_id AS agent, j.dataset_id,
       d.external_id AS dataset, j.request, j.result, j.error, j.created_at, j.updated_at, j.started_at,
       j.completed_at
FROM jobs AS j
LEFT JOIN agents AS a ON a.org_id = j.org_id AND a.id = j.agent_id
LEFT JOIN datasets AS d ON d.org_id = j.org_id AND d.id = j.dataset_id
WHERE j.org_id = cast(:org_id AS bigint)
  AND j.id = cast(:job_id AS bigint)
  AND j.family = cast(:family AS text)

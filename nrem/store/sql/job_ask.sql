-- job_ask: writes down a job; one with the same inputs that is not over is answered instead.
-- Index: jobs_running_key
INSERT INTO jobs AS j (
  org_id, family, agent_id, dataset_id, input_key, idem_key, request, created_at, updated_at)
VALUES (
  cast(:org_id AS bigint), cast(:family AS text), cast(:agent_id AS bigint), cast(:dataset_id AS bigint),
  cast(:input_key AS bytea), cast(:idem_key AS bytea), cast(:request AS jsonb), app_now(), app_now())
ON CONFLICT (org_id, family, input_key) WHERE state IN ('queued', 'running')
DO UPDATE SET updated_at = j.updated_at
RETURNING j.id, j.xmax = 0 AS is_new

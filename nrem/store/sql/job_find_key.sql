-- job_find_key: the job that was asked for with a key, and what was asked then.
-- Index: jobs_idem_key
SELECT j.id, j.family, j.input_key
FROM jobs AS j
WHERE j.org_id = cast(:org_id AS bigint)
  AND j.idem_key = cast(:idem_key AS bytea)

-- closure_empty_jobs: takes the address out of jobs that are over when the last memory that came of the page is gone.
-- Index: jobs_pkey, memories_pkey
UPDATE jobs AS j
SET request = j.request - 'url'
WHERE j.org_id = cast(:org_id AS bigint)
  AND j.family = 'ingest'
  AND j.state NOT IN ('queued', 'running')
  AND j.request -> 'url' IS NOT NULL
  AND EXISTS (
    SELECT FROM jsonb_array_elements(j.result -> 'memory_ids') AS n (number)
    WHERE cast(n.number AS bigint) = ANY(cast(:memory_ids AS bigint[])))
  AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(j.result -> 'memory_ids') AS n (number)
    JOIN memories AS m ON m.org_id = j.org_id AND m.id = cast(n.number AS bigint))

-- batch_requests: the calls of a batch that have no answer yet, with their sealed requests.
-- Index: llm_calls_batch_idx
-- Role: nrem_worker
SELECT c.id, c.subject_id, c.request
FROM llm_calls AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.batch_id = cast(:id AS bigint)
  AND c.status = 'reserved'
ORDER BY c.id

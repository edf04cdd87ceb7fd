-- batch_pending: the call of a batch that asks the same and has no answer yet.
-- Index: llm_calls_request_idx
-- Role: nrem_worker
SELECT c.id
FROM llm_calls AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.request_hash = cast(:request_hash AS bytea)
  AND c.status = 'reserved'
  AND c.batch_id IS NOT NULL
ORDER BY c.id
LIMIT 1

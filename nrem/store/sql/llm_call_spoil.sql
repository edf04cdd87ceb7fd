-- llm_call_spoil: a reply that was taken for good cannot be used.
-- Index: llm_calls_pkey
-- Role: nrem_worker
UPDATE llm_calls AS c
SET status = 'invalid'
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.id = cast(:id AS bigint)
  AND c.status = 'ok'

-- llm_call_show: keeps the sealed request of a call that is made later.
-- Index: llm_calls_pkey
-- Role: nrem_worker
UPDATE llm_calls AS c
SET request = cast(:request AS bytea)
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.id = cast(:id AS bigint)

-- erase_calls: empties what models were shown and said.
-- Index: llm_calls_pkey
-- Role: nrem_worker
UPDATE llm_calls AS c
SET request = NULL, reply = NULL
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.id = ANY(cast(:call_ids AS bigint[]))

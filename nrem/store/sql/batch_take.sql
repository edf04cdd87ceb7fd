-- batch_take: who waited for a call uses its reply; answers what it cost, the first time.
-- Index: llm_batch_waits_pkey, llm_calls_pkey
-- Role: nrem_worker
UPDATE llm_batch_waits AS w
SET state = 'taken'
FROM llm_calls AS c
WHERE w.org_id = cast(:org_id AS bigint)
  AND w.call_id = cast(:call_id AS bigint)
  AND w.pass = cast(:pass AS text)
  AND w.stream_id = cast(:stream_id AS bigint)
  AND w.state <> 'taken'
  AND c.org_id = w.org_id
  AND c.id = w.call_id
RETURNING c.cost_micros

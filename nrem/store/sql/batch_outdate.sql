-- batch_outdate: the replies that a stream waited for and did not use answer what is not asked any more.
-- Index: llm_batch_waits_stream_idx, llm_calls_pkey
-- Role: nrem_worker
UPDATE llm_batch_waits AS w
SET state = 'stale'
FROM llm_calls AS c
WHERE w.org_id = cast(:org_id AS bigint)
  AND w.pass = cast(:pass AS text)
  AND w.stream_id = cast(:stream_id AS bigint)
  AND w.state = 'waiting'
  AND c.org_id = w.org_id
  AND c.id = w.call_id
  AND c.status <> 'reserved'

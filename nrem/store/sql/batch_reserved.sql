-- batch_reserved: what calls of batches may cost that have no answer yet.
-- Index: llm_calls_reserved_idx
-- Role: nrem_worker
SELECT cast(coalesce(sum(c.reserved_micros), 0) AS bigint) AS micros
FROM llm_calls AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.status = 'reserved'
  AND c.lapses_at > app_now()
  AND c.batch_id IS NOT NULL

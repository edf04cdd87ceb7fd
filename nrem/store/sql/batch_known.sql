-- batch_known: the names at the provider of all batches that were sent since then, of whatever org.
-- Index: llm_batches_sent_idx
-- Role: nrem_worker
SELECT b.provider_id
FROM llm_batches AS b
WHERE b.provider_id IS NOT NULL
  AND b.sent_at >= cast(:since AS timestamptz)

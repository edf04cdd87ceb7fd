-- batch_read: a batch, for whoever looks at it; the row is locked.
-- Index: llm_batches_pkey
-- Role: nrem_worker
SELECT b.id, b.model, b.state, b.token, b.provider_id, b.is_sure, b.foreign_ids, b.tries, b.polls,
       b.requests, b.sent_at, b.answered_at
FROM llm_batches AS b
WHERE b.org_id = cast(:org_id AS bigint)
  AND b.id = cast(:id AS bigint)
FOR UPDATE

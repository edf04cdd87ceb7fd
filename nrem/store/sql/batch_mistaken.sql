-- batch_mistaken: what was taken for a batch at the provider is another; ours is looked for again.
-- Index: llm_batches_pkey
-- Role: nrem_worker
UPDATE llm_batches AS b
SET state = 'sending', foreign_ids = array_append(b.foreign_ids, b.provider_id), provider_id = NULL, is_sure = false
WHERE b.org_id = cast(:org_id AS bigint)
  AND b.id = cast(:id AS bigint)

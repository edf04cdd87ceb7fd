-- batch_unsend: the provider did not take a batch, for certain.
-- Index: llm_batches_pkey
-- Role: nrem_worker
UPDATE llm_batches AS b
SET state = 'full', sent_at = NULL
WHERE b.org_id = cast(:org_id AS bigint)
  AND b.id = cast(:id AS bigint)

-- batch_polled: the provider was asked about a batch, and is not done with it.
-- Index: llm_batches_pkey
-- Role: nrem_worker
UPDATE llm_batches AS b
SET polls = b.polls + 1
WHERE b.org_id = cast(:org_id AS bigint)
  AND b.id = cast(:id AS bigint)

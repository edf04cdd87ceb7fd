-- batch_sent: a batch is at the provider, under this name.
-- Index: llm_batches_pkey
-- Role: nrem_worker
UPDATE llm_batches AS b
SET state = 'sent', provider_id = cast(:provider_id AS text), is_sure = cast(:is_sure AS bool), polls = 0
WHERE b.org_id = cast(:org_id AS bigint)
  AND b.id = cast(:id AS bigint)

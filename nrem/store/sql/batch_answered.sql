-- batch_answered: nothing more comes for a batch.
-- Index: llm_batches_pkey
-- Role: nrem_worker
UPDATE llm_batches AS b
SET state = 'answered', answered_at = app_now()
WHERE b.org_id = cast(:org_id AS bigint)
  AND b.id = cast(:id AS bigint)

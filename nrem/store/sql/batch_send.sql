-- batch_send: a batch of so many requests is on its way from now on, unless it was before.
-- Index: llm_batches_pkey
-- Role: nrem_worker
UPDATE llm_batches AS b
SET state = 'sending', tries = b.tries + 1, sent_at = coalesce(b.sent_at, app_now()),
    requests = cast(:requests AS int)
WHERE b.org_id = cast(:org_id AS bigint)
  AND b.id = cast(:id AS bigint)
RETURNING b.sent_at

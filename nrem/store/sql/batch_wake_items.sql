-- batch_wake_items: makes due the items of queues that wait for a batch; answers their passes.
-- Index: llm_calls_batch_idx, llm_batch_waits_pkey, inbox_due_idx
-- Role: nrem_worker
UPDATE inbox AS i
SET due_at = app_now()
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.pass IN (
    SELECT w.pass
    FROM llm_calls AS c
    JOIN llm_batch_waits AS w ON w.org_id = c.org_id AND w.call_id = c.id AND w.stream_id = 0
    WHERE c.org_id = cast(:org_id AS bigint) AND c.batch_id = cast(:id AS bigint))
  AND i.due_at > app_now()
  AND i.owner IS NULL
RETURNING i.pass

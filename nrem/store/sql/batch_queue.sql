-- batch_queue: has somebody look at a batch after a while, and (most_seconds) no later than so long after it was opened.
-- Index: inbox_pkey, llm_batches_pkey
-- Role: nrem_worker
INSERT INTO inbox AS i (org_id, pass, item_kind, item_id, due_at)
SELECT b.org_id, 'batch', 'llm_batch', b.id,
       least(app_now() + make_interval(secs => cast(:delay_seconds AS float8)),
             b.opened_at + make_interval(secs => cast(:most_seconds AS float8)))
FROM llm_batches AS b
WHERE b.org_id = cast(:org_id AS bigint)
  AND b.id = cast(:id AS bigint)
ON CONFLICT (org_id, pass, item_kind, item_id) DO UPDATE
SET due_at = excluded.due_at

-- llm_call_find: the newest good reply to an equal request; how many bad ones there were, and whether a batch had it for nothing.
-- Index: llm_calls_request_idx
-- Role: nrem_worker
SELECT c.id, c.subject_id, c.status, c.reply, c.model,
       count(*) FILTER (WHERE c.status IN ('refused', 'truncated', 'invalid', 'rejected')) OVER () AS bad,
       count(*) FILTER (WHERE c.batch_id IS NOT NULL) OVER () AS batched
FROM llm_calls AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.request_hash = cast(:request_hash AS bytea)
  AND (c.status IN ('ok', 'refused', 'truncated', 'invalid', 'rejected')
       OR c.status <> 'reserved' AND c.batch_id IS NOT NULL)
ORDER BY c.status = 'ok' DESC, c.id DESC
LIMIT 1

-- batch_trail: whether a stream used a reply of a batch a while ago, or has one that it did not use.
-- Index: llm_batch_waits_stream_idx, llm_calls_pkey
-- Role: nrem_worker
SELECT coalesce(bool_or(w.state = 'taken'), false) AS is_series,
       coalesce(bool_or(w.state <> 'taken' AND c.status <> 'reserved'), false) AS is_outdated
FROM llm_batch_waits AS w
JOIN llm_calls AS c ON c.org_id = w.org_id AND c.id = w.call_id
WHERE w.org_id = cast(:org_id AS bigint)
  AND w.pass = cast(:pass AS text)
  AND w.stream_id = cast(:stream_id AS bigint)

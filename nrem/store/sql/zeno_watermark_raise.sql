-- zeno_watermark_raise: says of a stream that is a conversation how far the pass observe has come; never lowers it.
-- Index: streams_pkey, zeno_threads_pkey, zeno_watermarks_pkey
-- Role: nrem_worker
INSERT INTO zeno_watermarks AS m (org_id, subject_id, thread_id, last_sequence, status, run_at)
SELECT t.org_id, t.subject_id, t.thread_id, cast(:last_seq AS bigint) - 1, cast(:status AS text), app_now()
FROM streams AS s
JOIN zeno_threads AS t ON t.org_id = s.org_id AND t.thread_id = s.ref_id
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.id = cast(:stream_id AS bigint)
  AND s.kind = 'thread'
ON CONFLICT (org_id, subject_id, thread_id) DO UPDATE
SET last_sequence = greatest(m.last_sequence, excluded.last_sequence),
    status = excluded.status,
    run_at = excluded.run_at

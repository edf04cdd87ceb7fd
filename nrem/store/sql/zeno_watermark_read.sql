-- zeno_watermark_read: how far an agent has observed a thread.
-- Index: zeno_watermarks_pkey
SELECT m.last_sequence, m.status, m.run_at
FROM zeno_watermarks AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.subject_id = cast(:subject_id AS bigint)
  AND m.thread_id = cast(:thread_id AS bigint)

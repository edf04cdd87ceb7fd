-- zeno_thread_clear: has nothing of a thread loaded any more that is in it now.
-- Index: zeno_threads_pkey, streams_ref_key
UPDATE zeno_threads AS t
SET cleared_seq = s.last_seq
FROM streams AS s
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.thread_id = cast(:thread_id AS bigint)
  AND s.org_id = t.org_id
  AND s.kind = 'thread'
  AND s.ref_id = t.thread_id

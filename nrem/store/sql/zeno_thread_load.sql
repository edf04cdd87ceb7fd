-- zeno_thread_load: the messages of a person's thread behind a number, but for what was cleared or erased.
-- Index: zeno_threads_pkey, streams_ref_key, events_seq_key
SELECT e.seq - 1 AS sequence, e.body
FROM zeno_threads AS t
JOIN streams AS s ON s.org_id = t.org_id AND s.kind = 'thread' AND s.ref_id = t.thread_id
JOIN events AS e ON e.org_id = s.org_id AND e.stream_id = s.id AND e.subject_id = t.subject_id
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.thread_id = cast(:thread_id AS bigint)
  AND e.seq > greatest(t.cleared_seq, cast(:after_seq AS bigint))
  AND e.kind = 'turn'
  AND e.body <> '{}'
ORDER BY e.seq

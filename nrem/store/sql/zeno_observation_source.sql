-- zeno_observation_source: the messages that observations may mean by the numbers they cite, and whether they lie behind the watermark.
-- Index: zeno_threads_subject_idx, zeno_watermarks_pkey, streams_ref_key, events_seq_key
SELECT w.place, e.id AS event_id, e.body ->> 'role' AS role,
       w.round > coalesce(m.last_sequence, -1) AS is_new
FROM unnest(
  cast(:places AS int[]), cast(:speakers AS bigint[]), cast(:watchers AS bigint[]), cast(:rounds AS bigint[])
) AS w (place, speaker_id, watcher_id, round)
JOIN zeno_threads AS t ON t.org_id = cast(:org_id AS bigint) AND t.subject_id = w.speaker_id
JOIN streams AS s ON s.org_id = t.org_id AND s.kind = 'thread' AND s.ref_id = t.thread_id
JOIN events AS e ON e.org_id = s.org_id AND e.stream_id = s.id AND e.seq = w.round + 1
  AND e.subject_id = t.subject_id
LEFT JOIN zeno_watermarks AS m ON m.org_id = t.org_id AND m.subject_id = w.watcher_id AND m.thread_id = t.thread_id
WHERE e.kind = 'turn'
  AND e.body <> '{}'
ORDER BY w.place, e.id

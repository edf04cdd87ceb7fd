-- observe_window: the events of a stream behind the cursor, as many as fit into the tokens, one at least.
-- Index: events_seq_key, subjects_pkey
-- Role: nrem_worker
SELECT w.id, w.seq, w.kind, w.subject_id, u.agent_id, u.user_id, w.occurred_at, w.tokens, w.body
FROM (
  SELECT e.*, sum(e.tokens) OVER (ORDER BY e.seq) AS total
  FROM events AS e
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.stream_id = cast(:stream_id AS bigint)
    AND e.seq > cast(:after_seq AS bigint)
    AND e.seq <= cast(:after_seq AS bigint) + 2000
) AS w
JOIN subjects AS u ON u.org_id = w.org_id AND u.id = w.subject_id
WHERE w.total <= cast(:tokens AS bigint) OR w.seq = cast(:after_seq AS bigint) + 1
ORDER BY w.seq

-- observe_state: how much of a stream nobody has observed, and whether it is to be observed now.
-- Index: leases_pkey, streams_pkey, events_seq_key
-- Role: nrem_worker
SELECT l.cursor_seq, s.last_seq, s.tokens - l.cursor_tokens AS tokens,
       l.until_seq > l.cursor_seq AS is_asked,
       last.recorded_at + make_interval(secs => cast(:idle_seconds AS float8)) AS idle_at
FROM leases AS l
JOIN streams AS s ON s.org_id = l.org_id AND s.id = l.stream_id
LEFT JOIN events AS last ON last.org_id = s.org_id AND last.stream_id = s.id AND last.seq = s.last_seq
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = 'observe'
  AND l.stream_id = cast(:stream_id AS bigint)

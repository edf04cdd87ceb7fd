-- zeno_watermark_skip: moves the cursor of observe over messages that somebody else has observed; whoever is at work on them loses the stream.
-- Index: leases_pkey, streams_ref_key, events_seq_key
WITH held AS (
  SELECT l.stream_id, l.cursor_seq, least(s.last_seq, cast(:last_sequence AS bigint) + 1) AS to_seq
  FROM streams AS s
  JOIN leases AS l ON l.org_id = s.org_id AND l.pass = 'observe' AND l.stream_id = s.id
  WHERE s.org_id = cast(:org_id AS bigint)
    AND s.kind = 'thread'
    AND s.ref_id = cast(:thread_id AS bigint)
    AND l.state = 'active'
  FOR UPDATE OF l
)
UPDATE leases AS l
SET cursor_seq = h.to_seq,
    cursor_tokens = l.cursor_tokens + (
      SELECT coalesce(sum(e.tokens), 0)
      FROM events AS e
      WHERE e.org_id = l.org_id AND e.stream_id = h.stream_id AND e.seq > h.cursor_seq AND e.seq <= h.to_seq),
    fence = l.fence + 1,
    attempts = 0,
    owner = NULL,
    lease_until = NULL
FROM held AS h
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = 'observe'
  AND l.stream_id = h.stream_id
  AND h.to_seq > h.cursor_seq

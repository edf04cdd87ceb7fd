-- observe_announce: makes streams due for observe: at once where enough waits or a session ended, else once they rest.
-- Index: leases_pkey, streams_pkey
INSERT INTO leases AS l (org_id, pass, stream_id, due_at, until_seq)
SELECT s.org_id, 'observe', s.id,
       CASE WHEN w.is_ended OR s.tokens >= cast(:tokens AS bigint) THEN app_now()
            ELSE app_now() + make_interval(secs => cast(:idle_seconds AS float8)) END,
       CASE WHEN w.is_ended THEN s.last_seq ELSE 0 END
FROM unnest(cast(:stream_ids AS bigint[]), cast(:have_turns AS bool[]), cast(:are_ended AS bool[]))
  AS w (stream_id, has_turns, is_ended)
JOIN streams AS s ON s.org_id = cast(:org_id AS bigint) AND s.id = w.stream_id
-- of an end alone only where turns came before
WHERE w.has_turns OR EXISTS (
  SELECT FROM leases AS k WHERE k.org_id = s.org_id AND k.pass = 'observe' AND k.stream_id = s.id)
ORDER BY s.id
ON CONFLICT (org_id, pass, stream_id) DO UPDATE
SET until_seq = greatest(l.until_seq, excluded.until_seq),
    due_at = least(l.due_at, CASE
      WHEN excluded.until_seq > 0 OR cast(:tokens AS bigint) <= (
        SELECT s.tokens - l.cursor_tokens FROM streams AS s
        WHERE s.org_id = l.org_id AND s.id = l.stream_id) THEN app_now()
      ELSE app_now() + make_interval(secs => cast(:idle_seconds AS float8)) END)
RETURNING greatest(0.0, date_part('epoch', l.due_at - app_now())) AS delay_seconds

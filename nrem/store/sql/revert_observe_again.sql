-- revert_observe_again: takes observe back to the beginning of a window; who holds the stream loses it.
-- Index: leases_pkey, events_seq_key
UPDATE leases AS l
SET cursor_seq = cast(:first_seq AS bigint) - 1,
    cursor_tokens = greatest(0, l.cursor_tokens - (
      SELECT coalesce(sum(e.tokens), 0) FROM events AS e
      WHERE e.org_id = l.org_id AND e.stream_id = l.stream_id
        AND e.seq >= cast(:first_seq AS bigint) AND e.seq <= l.cursor_seq)),
    until_seq = greatest(l.until_seq, l.cursor_seq),
    due_at = app_now()
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = 'observe'
  AND l.stream_id = cast(:stream_id AS bigint)
  AND l.cursor_seq >= cast(:first_seq AS bigint)

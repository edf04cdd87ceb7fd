-- lease_claim: takes the most overdue stream of those wanted for a time; a new fence makes an earlier holder harmless.
-- Index: leases_due_idx
-- Role: nrem_worker
WITH due AS (
  SELECT l.stream_id
  FROM leases AS l
  WHERE l.org_id = cast(:org_id AS bigint)
    AND l.pass = cast(:pass AS text)
    AND l.state = 'active'
    AND l.due_at < 'infinity'
    AND l.due_at <= app_now()
    AND (l.lease_until IS NULL OR l.lease_until < clock_timestamp())
    AND l.stream_id <> ALL(cast(:except_streams AS bigint[]))
    AND (cast(:only_subject AS bigint) IS NULL OR EXISTS (
      SELECT FROM streams AS o
      WHERE o.org_id = l.org_id AND o.id = l.stream_id AND o.kind = 'subject'
        AND o.ref_id = cast(:only_subject AS bigint)))
  ORDER BY l.due_at, l.stream_id
  LIMIT 1
  FOR UPDATE SKIP LOCKED
)
UPDATE leases AS l
SET fence = l.fence + 1,
    attempts = l.attempts + 1,
    owner = cast(:owner AS text),
    lease_until = clock_timestamp() + make_interval(secs => cast(:lease_seconds AS float8))
FROM due
JOIN streams AS s ON s.org_id = cast(:org_id AS bigint) AND s.id = due.stream_id
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = cast(:pass AS text)
  AND l.stream_id = due.stream_id
RETURNING l.stream_id, s.ref_id, l.fence, l.cursor_seq, l.attempts, l.rejections

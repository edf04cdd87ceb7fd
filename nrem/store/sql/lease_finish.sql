-- lease_finish: ends a claim, if fence and cursor are still ours; locks the row for the rest of the transaction.
-- Index: leases_pkey
-- Role: nrem_worker
UPDATE leases AS l
SET cursor_seq = l.cursor_seq + cast(:steps AS bigint),
    attempts = CASE WHEN cast(:is_failure AS bool) THEN l.attempts ELSE 0 END,
    rejections = cast(:rejections AS int),
    owner = NULL,
    lease_until = NULL,
    due_at = 'infinity'
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = cast(:pass AS text)
  AND l.stream_id = cast(:stream_id AS bigint)
  AND l.fence = cast(:fence AS bigint)
  AND l.cursor_seq = cast(:cursor_seq AS bigint)
  AND l.state = 'active'

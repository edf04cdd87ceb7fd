-- observe_advance: counts the tokens up to the cursor; the caller holds the row since lease_finish.
-- Index: leases_pkey
-- Role: nrem_worker
UPDATE leases AS l
SET cursor_tokens = l.cursor_tokens + cast(:tokens AS bigint)
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = 'observe'
  AND l.stream_id = cast(:stream_id AS bigint)

-- lease_renew: holds a stream for longer, if the fence is still ours.
-- Index: leases_pkey
-- Role: nrem_worker
UPDATE leases AS l
SET lease_until = clock_timestamp() + make_interval(secs => cast(:lease_seconds AS float8))
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = cast(:pass AS text)
  AND l.stream_id = cast(:stream_id AS bigint)
  AND l.fence = cast(:fence AS bigint)
  AND l.state = 'active'

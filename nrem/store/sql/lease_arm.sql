-- lease_arm: says when a stream is due again; the caller holds the row since lease_finish.
-- Index: leases_pkey
-- Role: nrem_worker
UPDATE leases AS l
SET due_at = coalesce(cast(:due_at AS timestamptz), 'infinity')
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = cast(:pass AS text)
  AND l.stream_id = cast(:stream_id AS bigint)

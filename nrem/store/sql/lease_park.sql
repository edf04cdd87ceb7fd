-- lease_park: sets a stream aside for a pass, or brings it back.
-- Index: leases_pkey
-- Role: nrem_worker
UPDATE leases AS l
SET state = cast(:state AS text), owner = NULL, lease_until = NULL, attempts = 0, rejections = 0, due_at = app_now()
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = cast(:pass AS text)
  AND l.stream_id = cast(:stream_id AS bigint)

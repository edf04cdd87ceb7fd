-- lease_bring_forward: makes streams due for a pass no later than given; never postpones.
-- Index: leases_pkey
INSERT INTO leases AS l (org_id, pass, stream_id, due_at)
SELECT cast(:org_id AS bigint), cast(:pass AS text), w.stream_id, app_now() + make_interval(secs => w.delay_seconds)
FROM unnest(cast(:stream_ids AS bigint[]), cast(:delay_seconds AS float8[])) AS w (stream_id, delay_seconds)
ORDER BY w.stream_id
ON CONFLICT (org_id, pass, stream_id) DO UPDATE
SET due_at = excluded.due_at
WHERE l.due_at > excluded.due_at

-- lease_next_due: when the earliest stream that nobody holds is due; NULL when there is none.
-- Index: leases_due_idx
-- Role: nrem_worker
SELECT min(l.due_at) AS due_at
FROM leases AS l
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = cast(:pass AS text)
  AND l.state = 'active'
  AND l.due_at < 'infinity'
  AND l.lease_until IS NULL

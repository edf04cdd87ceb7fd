-- rescue_rearm: makes orgs due whose work nobody announced: a crash after a pick, a lapsed lease.
-- Index: none (every queued row that nobody holds)
-- Role: nrem_worker
INSERT INTO org_work AS o (org_id, pass, due_at)
SELECT w.org_id, w.pass, min(w.due_at)
FROM (
  SELECT i.org_id, i.pass, i.due_at
  FROM inbox AS i
  WHERE i.lease_until IS NULL OR i.lease_until < clock_timestamp()
  UNION ALL
  SELECT l.org_id, l.pass, l.due_at
  FROM leases AS l
  WHERE l.state = 'active'
    AND l.due_at < 'infinity'
    AND (l.lease_until IS NULL OR l.lease_until < clock_timestamp())
) AS w
GROUP BY w.org_id, w.pass
ORDER BY w.org_id, w.pass
ON CONFLICT (org_id, pass) DO UPDATE
SET due_at = excluded.due_at
WHERE o.due_at > excluded.due_at
RETURNING o.org_id, o.pass AS pass_name

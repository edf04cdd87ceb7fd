-- backlog_freshness: for each org, how long its oldest due work has waited, in seconds; 0 when none waits.
-- Index: none (queues of all orgs)
-- Role: nrem_worker
SELECT g.id AS org_id, coalesce(max(date_part('epoch', clock_timestamp() - w.due_at)), 0) AS age
FROM orgs AS g
LEFT JOIN (
  SELECT i.org_id, i.due_at
  FROM inbox AS i
  UNION ALL
  SELECT l.org_id, l.due_at
  FROM leases AS l
  WHERE l.state = 'active' AND l.due_at < 'infinity'
) AS w ON w.org_id = g.id AND w.due_at <= clock_timestamp()
GROUP BY g.id
ORDER BY g.id

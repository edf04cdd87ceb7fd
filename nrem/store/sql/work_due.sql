-- work_due: the passes for which some org has due work that may be done.
-- Index: org_work_due_idx, schedules_pkey
-- Role: nrem_worker
SELECT DISTINCT o.pass
FROM org_work AS o
LEFT JOIN schedules AS s ON s.org_id = o.org_id AND s.pass = o.pass AND s.paused
WHERE o.due_at < 'infinity'
  AND o.due_at <= app_now()
  AND (s.org_id IS NULL OR o.cause = 'command' OR starts_with(o.cause, 'request:'))

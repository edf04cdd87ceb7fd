-- work_due: the passes for which some org has due work.
-- Index: org_work_due_idx
-- Role: nrem_worker
SELECT DISTINCT o.pass
FROM org_work AS o
WHERE o.due_at < 'infinity'
  AND o.due_at <= app_now()

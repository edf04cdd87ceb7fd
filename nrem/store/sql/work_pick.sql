-- work_pick: takes the due org with the lowest virtual time; an idle org enters level with the busy ones.
-- Index: org_work_due_idx
-- Role: nrem_worker
WITH chosen AS (
  SELECT o.org_id
  FROM org_work AS o
  WHERE o.pass = cast(:pass AS text)
    AND o.due_at < 'infinity'
    AND o.due_at <= app_now()
    AND (cast(:only_org AS bigint) IS NULL OR o.org_id = cast(:only_org AS bigint))
  ORDER BY o.vtime, o.org_id
  LIMIT 1
  FOR UPDATE SKIP LOCKED
), active AS (
  SELECT coalesce(min(o.vtime), 0) AS lowest
  FROM org_work AS o
  WHERE o.pass = cast(:pass AS text)
    AND o.due_at < 'infinity'
    AND o.vtime > 0
)
UPDATE org_work AS o
SET due_at = 'infinity', vtime = greatest(o.vtime, active.lowest) + 1
FROM chosen, active
WHERE o.org_id = chosen.org_id
  AND o.pass = cast(:pass AS text)
RETURNING o.org_id

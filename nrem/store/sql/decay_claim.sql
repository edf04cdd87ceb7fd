-- decay_claim: locks memories whose next change of state may have come; the due time is a lower bound.
-- Index: memories_due_idx
-- Role: nrem_worker
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.state IN ('live', 'archived')
  AND m.due_at < 'infinity'
  AND m.due_at <= app_now()
ORDER BY m.due_at, m.id
LIMIT cast(:batch AS int)
FOR NO KEY UPDATE SKIP LOCKED

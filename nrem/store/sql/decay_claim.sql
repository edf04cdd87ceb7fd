-- decay_claim: memories whose next change of state may have come; the due time is a lower bound.
-- Index: memories_due_idx
-- Role: nrem_worker
SELECT m.id, m.type, m.tier, m.state, m.state_since, m.importance, m.last_access, m.access_count,
       m.pinned, m.expires_at
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.state IN ('live', 'archived')
  AND m.due_at < 'infinity'
  AND m.due_at <= app_now()
ORDER BY m.due_at, m.id
LIMIT cast(:batch AS int)
FOR UPDATE SKIP LOCKED

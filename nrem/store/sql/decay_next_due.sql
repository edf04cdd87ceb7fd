-- decay_next_due: when the next memory of the org may change its state; NULL when none will.
-- Index: memories_due_idx
-- Role: nrem_worker
SELECT min(m.due_at) AS due_at
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.state IN ('live', 'archived')
  AND m.due_at < 'infinity'

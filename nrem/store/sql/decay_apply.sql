-- decay_apply: writes down crossings and new due times of memories that this transaction has locked.
-- Index: memories_pkey
-- Role: nrem_worker
UPDATE memories AS m
SET state = w.state, state_since = w.state_since, state_reason = coalesce(w.reason, m.state_reason),
    due_at = coalesce(w.due_at, 'infinity')
FROM unnest(
  cast(:memory_ids AS bigint[]), cast(:states AS text[]), cast(:state_since AS timestamptz[]),
  cast(:reasons AS text[]), cast(:due_at AS timestamptz[])
) AS w (memory_id, state, state_since, reason, due_at)
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = w.memory_id

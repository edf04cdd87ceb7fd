-- forget_write: writes down that locked memories are forgotten, and when their retention ends.
-- Index: memories_pkey
UPDATE memories AS m
SET state = 'forgotten', state_reason = 'requested', state_since = w.at, facts_since = w.at,
    due_at = coalesce(w.due_at, 'infinity')
FROM unnest(cast(:memory_ids AS bigint[]), cast(:instants AS timestamptz[]), cast(:due_at AS timestamptz[]))
  AS w (memory_id, at, due_at)
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = w.memory_id

-- revert_write: writes down how locked memories stand without the run; the trigger closes a version where one is made.
-- Index: memories_pkey
UPDATE memories AS m
SET state = w.state, state_since = w.state_since, state_reason = w.reason, importance = w.importance,
    last_access = w.last_access, facts_since = w.facts_since, true_until = w.true_until,
    due_at = coalesce(w.due_at, 'infinity')
FROM unnest(
  cast(:memory_ids AS bigint[]), cast(:states AS text[]), cast(:state_since AS timestamptz[]),
  cast(:reasons AS text[]), cast(:importances AS float8[]), cast(:last_accesses AS timestamptz[]),
  cast(:facts_since AS timestamptz[]), cast(:true_until AS timestamptz[]), cast(:due_at AS timestamptz[])
) AS w (memory_id, state, state_since, reason, importance, last_access, facts_since, true_until, due_at)
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = w.memory_id
RETURNING m.id, m.version

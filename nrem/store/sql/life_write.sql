-- life_write: writes down how locked memories stand; a due time that is kept is not touched.
-- Index: memories_pkey
UPDATE memories AS m
SET state = w.state, state_since = w.state_since, state_reason = w.reason, tier = w.tier,
    access_count = w.access_count, last_access = w.last_access,
    due_at = CASE WHEN w.keeps_due THEN m.due_at ELSE coalesce(w.due_at, 'infinity') END
FROM unnest(
  cast(:memory_ids AS bigint[]), cast(:states AS text[]), cast(:state_since AS timestamptz[]),
  cast(:reasons AS text[]), cast(:tiers AS text[]), cast(:access_counts AS int[]),
  cast(:last_accesses AS timestamptz[]), cast(:due_at AS timestamptz[]), cast(:keeps_due AS bool[])
) AS w (memory_id, state, state_since, reason, tier, access_count, last_access, due_at, keeps_due)
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = w.memory_id

-- consolidate_merge: refreshes memories that a session repeated, if they are as they were judged.
-- Index: memories_pkey
-- Role: nrem_worker
UPDATE memories AS m
SET importance = greatest(m.importance, w.importance), last_access = app_now(), facts_since = app_now()
FROM unnest(cast(:memory_ids AS bigint[]), cast(:versions AS int[]), cast(:importances AS float8[]))
  AS w (memory_id, version, importance)
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = w.memory_id
  AND m.version = w.version
  AND m.state = 'live'
  AND NOT m.pinned

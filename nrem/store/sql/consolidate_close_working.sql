-- consolidate_close_working: archives the working memories that a session handed over.
-- Index: memories_pkey
-- Role: nrem_worker
UPDATE memories AS m
SET state = 'archived', state_reason = 'consolidated', state_since = app_now(),
    due_at = app_now() + make_interval(secs => cast(:retention_seconds AS float8))
FROM unnest(cast(:memory_ids AS bigint[]), cast(:versions AS int[])) AS w (memory_id, version)
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = w.memory_id
  AND m.version = w.version
  AND (m.state = 'live' OR (m.state = 'archived' AND m.state_reason = 'idle'))

-- consolidate_close_working: archives the working memories that a session handed over, and tells so; answers how they were.
-- Index: memories_pkey
-- Role: nrem_worker
WITH open AS (
  SELECT m.id, m.state, m.state_since, m.state_reason
  FROM unnest(cast(:memory_ids AS bigint[]), cast(:versions AS int[])) AS w (memory_id, version)
  JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = w.memory_id AND m.version = w.version
  WHERE m.state = 'live' OR (m.state = 'archived' AND m.state_reason = 'idle')
), told AS (
  INSERT INTO crossings (org_id, memory_id, kind, before, after, at, reason, run_id)
  SELECT cast(:org_id AS bigint), o.id, 'state', o.state, 'archived', app_now(), 'consolidated', cast(:run_id AS bigint)
  FROM open AS o
)
UPDATE memories AS m
SET state = 'archived', state_reason = 'consolidated', state_since = app_now(),
    due_at = app_now() + make_interval(secs => cast(:retention_seconds AS float8))
FROM open AS o
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = o.id
RETURNING m.id, m.version, o.state AS state_before, o.state_since AS state_since_before,
          o.state_reason AS state_reason_before, m.state, m.state_since, m.state_reason

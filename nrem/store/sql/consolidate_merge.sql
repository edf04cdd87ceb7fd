-- consolidate_merge: refreshes memories that a session repeated, if they are as they were judged; answers how they were.
-- Index: memories_pkey
-- Role: nrem_worker
WITH known AS (
  SELECT m.id, m.version, m.importance, m.last_access, m.facts_since, w.importance AS repeated
  FROM unnest(cast(:memory_ids AS bigint[]), cast(:versions AS int[]), cast(:importances AS float8[]))
    AS w (memory_id, version, importance)
  JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = w.memory_id AND m.version = w.version
  WHERE m.state = 'live' AND NOT m.pinned
)
UPDATE memories AS m
SET importance = greatest(k.importance, k.repeated), last_access = app_now(), facts_since = app_now()
FROM known AS k
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = k.id
RETURNING m.id, k.version AS version_before, m.version, k.importance AS importance_before, m.importance,
          k.last_access AS last_access_before, m.last_access, k.facts_since AS facts_since_before, m.facts_since

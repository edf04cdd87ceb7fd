-- appraise_write: gives memories another importance, if they are as they were judged; answers how they were.
-- Index: memories_pkey
-- Role: nrem_worker
WITH known AS (
  SELECT m.id, m.version, m.importance, m.facts_since, w.importance AS appraised, w.due_at, w.since
  FROM unnest(
    cast(:memory_ids AS bigint[]), cast(:versions AS int[]), cast(:importances AS float8[]),
    cast(:due_at AS timestamptz[]), cast(:since AS timestamptz[])
  ) AS w (memory_id, version, importance, due_at, since)
  JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = w.memory_id AND m.version = w.version
  WHERE m.state = 'live' AND NOT m.pinned AND NOT m.importance_given
)
UPDATE memories AS m
SET importance = k.appraised, facts_since = k.since, due_at = coalesce(k.due_at, 'infinity')
FROM known AS k
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = k.id
RETURNING m.id, k.version AS version_before, m.version, k.importance AS importance_before, m.importance,
          k.facts_since AS facts_since_before, m.facts_since

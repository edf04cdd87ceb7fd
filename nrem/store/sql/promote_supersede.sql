-- promote_supersede: says until when facts were true; answers how they were.
-- Index: memories_pkey
-- Role: nrem_worker
WITH known AS (
  SELECT m.id, m.version, m.true_until, w.true_until AS until
  FROM unnest(cast(:memory_ids AS bigint[]), cast(:versions AS int[]), cast(:true_untils AS timestamptz[]))
    AS w (memory_id, version, true_until)
  JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = w.memory_id AND m.version = w.version
  WHERE m.state = 'live' AND NOT m.pinned
)
UPDATE memories AS m
SET true_until = k.until
FROM known AS k
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = k.id
RETURNING m.id, k.version AS version_before, m.version, k.true_until AS true_until_before, m.true_until

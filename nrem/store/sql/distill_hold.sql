-- distill_hold: locks memories that are as they were read, and may still be told of.
-- Index: memories_pkey
-- Role: nrem_worker
SELECT m.id
FROM memories AS m
JOIN unnest(cast(:memory_ids AS bigint[]), cast(:versions AS int[])) AS w (memory_id, version)
  ON m.id = w.memory_id AND m.version = w.version
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
  AND m.state IN ('live', 'archived')
ORDER BY m.id
FOR NO KEY UPDATE OF m

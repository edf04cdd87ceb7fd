-- history_read: the versions of a memory, oldest first, the current one last; all of them, or those named.
-- Index: memory_versions_pkey, memories_pkey
SELECT v.version, v.type, v.content, v.metadata, v.importance, v.pinned, v.occurred_at, v.true_until,
       v.valid_from, v.valid_to
FROM memory_versions AS v
WHERE v.org_id = cast(:org_id AS bigint)
  AND v.memory_id = cast(:memory_id AS bigint)
  AND (cast(:versions AS int[]) IS NULL OR v.version = ANY(cast(:versions AS int[])))
UNION ALL
SELECT m.version, m.type, m.content, m.metadata, m.importance, m.pinned, m.occurred_at, m.true_until,
       m.valid_from, NULL AS valid_to
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = cast(:memory_id AS bigint)
  AND m.state <> 'purged'
  AND (cast(:versions AS int[]) IS NULL OR m.version = ANY(cast(:versions AS int[])))
ORDER BY version

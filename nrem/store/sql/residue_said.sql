-- residue_said: every text that memories have had.
-- Index: memories_pkey, memory_versions_pkey
-- Role: nrem_worker
SELECT m.id, m.content
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint) AND m.id = ANY(cast(:memory_ids AS bigint[]))
UNION ALL
SELECT v.memory_id, v.content
FROM memory_versions AS v
WHERE v.org_id = cast(:org_id AS bigint) AND v.memory_id = ANY(cast(:memory_ids AS bigint[]))

-- promote_versions: whether memories that are locked are live and as they were judged.
-- Index: memories_pkey
-- Role: nrem_worker
SELECT m.id
FROM unnest(cast(:memory_ids AS bigint[]), cast(:versions AS int[])) AS w (memory_id, version)
JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = w.memory_id AND m.version = w.version
WHERE m.state = 'live'

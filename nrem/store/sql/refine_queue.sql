-- refine_queue: has promote look again at memories that gained evidence.
-- Index: memories_pkey, promote_queue_pkey
-- Role: nrem_worker
INSERT INTO promote_queue (org_id, subject_id, memory_id)
SELECT m.org_id, m.subject_id, m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
ORDER BY m.id
ON CONFLICT (org_id, subject_id, memory_id) DO NOTHING

-- promote_queue: has promote look at memories again; one that waits already stays.
-- Index: promote_queue_pkey
-- Role: nrem_worker
INSERT INTO promote_queue (org_id, subject_id, memory_id)
SELECT cast(:org_id AS bigint), cast(:subject_id AS bigint), w.memory_id
FROM unnest(cast(:memory_ids AS bigint[])) AS w (memory_id)
ORDER BY w.memory_id
ON CONFLICT (org_id, subject_id, memory_id) DO NOTHING

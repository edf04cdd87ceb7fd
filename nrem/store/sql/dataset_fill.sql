-- dataset_fill: says that memories belong to a dataset; one that does already stays.
-- Index: dataset_memories_pkey
INSERT INTO dataset_memories (org_id, dataset_id, memory_id)
SELECT cast(:org_id AS bigint), cast(:dataset_id AS bigint), w.memory_id
FROM unnest(cast(:memory_ids AS bigint[])) AS w (memory_id)
ORDER BY w.memory_id
ON CONFLICT (org_id, dataset_id, memory_id) DO NOTHING

-- refine_page_of: the next live memories of a dataset.
-- Index: dataset_memories_pkey, memories_pkey, embeddings_pkey
-- Role: nrem_worker
SELECT m.id, m.subject_id, coalesce(e.model = cast(:model AS text), false) AS has_vector
FROM dataset_memories AS d
JOIN memories AS m ON m.org_id = d.org_id AND m.id = d.memory_id
LEFT JOIN embeddings AS e ON e.org_id = m.org_id AND e.item_kind = 'memory' AND e.item_id = m.id
WHERE d.org_id = cast(:org_id AS bigint)
  AND d.dataset_id = cast(:dataset_id AS bigint)
  AND d.memory_id > cast(:after_id AS bigint)
  AND m.state = 'live'
  AND m.type <> 'working'
ORDER BY d.memory_id
LIMIT cast(:limit AS int)

-- shelf_nearest: as shelf_compared, through the approximate index, for shelves too large to compare.
-- Index: embeddings_vector_hnsw_idx, memories_shelf_idx
SELECT m.id, 1 - (e.vector <=> cast(:query AS halfvec(384))) AS cosine
FROM embeddings AS e
JOIN memories AS m ON m.org_id = e.org_id AND m.id = e.item_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.agent_id = cast(:agent_id AS bigint)
  AND e.subject_id = cast(:subject_id AS bigint)
  AND e.item_kind = 'memory'
  AND e.model = cast(:model AS text)
  AND m.subject_id = cast(:subject_id AS bigint)
  AND m.shelf = cast(:shelf AS text)
  AND m.state = 'live'
ORDER BY e.vector <=> cast(:query AS halfvec(384))
LIMIT cast(:limit AS int)

-- refine_page: the next live memories of the org; what a session still holds is left to it.
-- Index: memories_pkey, embeddings_pkey
-- Role: nrem_worker
SELECT m.id, m.subject_id, coalesce(e.model = cast(:model AS text), false) AS has_vector
FROM memories AS m
LEFT JOIN embeddings AS e ON e.org_id = m.org_id AND e.item_kind = 'memory' AND e.item_id = m.id
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id > cast(:after_id AS bigint)
  AND m.state = 'live'
  AND m.type <> 'working'
ORDER BY m.id
LIMIT cast(:limit AS int)

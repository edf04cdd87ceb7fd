-- refine_reweight: sets the weights of edges that passes drew between alike memories to how near these lie now.
-- Index: edges_source_idx, embeddings_pkey
-- Role: nrem_worker
WITH weighed AS (
  SELECT e.id, least(1.0, greatest(0.0, 1 - (s.vector <=> t.vector))) AS weight
  FROM edges AS e
  JOIN embeddings AS s ON s.org_id = e.org_id AND s.item_kind = 'memory' AND s.item_id = e.source_id
  JOIN embeddings AS t
    ON t.org_id = e.org_id AND t.item_kind = 'memory' AND t.item_id = e.target_id AND t.model = s.model
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.source_id = ANY(cast(:memory_ids AS bigint[]))
    AND e.kind = 'relates_to'
    AND e.valid_to IS NULL
    AND e.drawn_by IS NOT NULL
)
UPDATE edges AS e
SET weight = w.weight
FROM weighed AS w
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = w.id
  AND abs(e.weight - w.weight) >= cast(:least AS float8)

-- promote_neighbours: the live episodes of the subject nearest to each of the given memories.
-- Index: embeddings_pkey, embeddings_agent_idx
SELECT DISTINCT n.item_id
FROM embeddings AS f
CROSS JOIN LATERAL (
  SELECT e.item_id
  FROM embeddings AS e
  JOIN memories AS m ON m.org_id = e.org_id AND m.id = e.item_id
  WHERE e.org_id = f.org_id
    AND e.agent_id = f.agent_id
    AND e.subject_id = f.subject_id
    AND e.item_kind = 'memory'
    AND e.model = f.model
    AND m.state = 'live'
    AND m.type = 'episodic'
    AND (m.true_until IS NULL OR m.true_until > app_now())
  ORDER BY e.vector <=> f.vector, e.item_id
  LIMIT cast(:limit AS int)
) AS n
WHERE f.org_id = cast(:org_id AS bigint)
  AND f.item_kind = 'memory'
  AND f.item_id = ANY(cast(:memory_ids AS bigint[]))
  AND f.model = cast(:model AS text)
ORDER BY n.item_id

-- recall_past_vector_of: how near the texts that given memories had at an instant are to the query.
-- Index: memories_pkey, embeddings_pkey, past_embeddings_pkey
SELECT m.id, 1 - (v.vector <=> cast(:query AS halfvec(384))) AS cosine
FROM memories AS m
CROSS JOIN LATERAL (
  SELECT e.vector
  FROM embeddings AS e
  WHERE m.text_since <= cast(:as_of AS timestamptz)
    AND e.org_id = m.org_id AND e.item_kind = 'memory' AND e.item_id = m.id
    AND e.model = cast(:model AS text)
  UNION ALL
  SELECT p.vector
  FROM past_embeddings AS p
  WHERE m.text_since > cast(:as_of AS timestamptz)
    AND p.org_id = m.org_id AND p.memory_id = m.id
    AND p.model = cast(:model AS text)
    AND p.valid_from <= cast(:as_of AS timestamptz)
    AND p.valid_to > cast(:as_of AS timestamptz)
) AS v
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:ids AS bigint[]))

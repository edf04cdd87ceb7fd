-- shelf_compared: the live memories of a shelf nearest to the question, all of its vectors compared.
-- Index: embeddings_agent_idx, memories_shelf_idx
SELECT c.id, 1 - c.distance AS cosine
FROM (
  SELECT m.id, e.vector <=> cast(:query AS halfvec(384)) AS distance
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
  -- kept apart, or the approximate index would be taken
  OFFSET 0
) AS c
ORDER BY c.distance, c.id DESC
LIMIT cast(:limit AS int)

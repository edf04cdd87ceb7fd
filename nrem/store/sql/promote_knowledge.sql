-- promote_knowledge: what the subject is known to hold nearest to each draft: live semantic and procedural memories.
-- Index: embeddings_agent_idx
SELECT DISTINCT n.item_id
FROM unnest(cast(:vectors AS text[])) AS w (vector)
CROSS JOIN LATERAL (
  SELECT e.item_id
  FROM embeddings AS e
  JOIN memories AS m ON m.org_id = e.org_id AND m.id = e.item_id
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.agent_id = cast(:agent_id AS bigint)
    AND e.subject_id = cast(:subject_id AS bigint)
    AND e.item_kind = 'memory'
    AND e.model = cast(:model AS text)
    AND m.state = 'live'
    AND m.type IN ('semantic', 'procedural')
    AND (m.true_until IS NULL OR m.true_until > app_now())
  ORDER BY e.vector <=> cast(w.vector AS halfvec(384)), e.item_id
  LIMIT cast(:limit AS int)
) AS n
ORDER BY n.item_id

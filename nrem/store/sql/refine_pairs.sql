-- refine_pairs: to each memory the older ones of its subject and type that it may repeat: near ones, and those of equal text.
-- Index: memories_pkey, memories_content_idx, embeddings_pkey, embeddings_agent_idx, dataset_memories_pkey
-- Role: nrem_worker
WITH asked AS MATERIALIZED (
  SELECT m.id, m.version, m.content, m.content_hash, m.agent_id, m.subject_id, m.type, e.vector
  FROM memories AS m
  LEFT JOIN embeddings AS e
    ON e.org_id = m.org_id AND e.item_kind = 'memory' AND e.item_id = m.id AND e.model = cast(:model AS text)
  WHERE m.org_id = cast(:org_id AS bigint)
    AND m.id = ANY(cast(:memory_ids AS bigint[]))
    AND m.true_until IS NULL
    AND NOT m.pinned
)
SELECT a.id, a.version, a.content, n.id AS older_id, n.version AS older_version, n.content AS older_content, n.cosine
FROM asked AS a
CROSS JOIN LATERAL (
  SELECT o.id, o.version, o.content, near.cosine
  FROM (
    -- bounded before anything is joined: near ones are few, whatever the planner believes
    SELECT e.item_id, 1 - (e.vector <=> a.vector) AS cosine
    FROM embeddings AS e
    WHERE a.vector IS NOT NULL
      AND e.org_id = cast(:org_id AS bigint)
      AND e.agent_id = a.agent_id
      AND e.subject_id = a.subject_id
      AND e.item_kind = 'memory'
      AND e.item_id < a.id
      AND e.model = cast(:model AS text)
      AND 1 - (e.vector <=> a.vector) >= cast(:least AS float8)
    ORDER BY e.item_id
    LIMIT 100
  ) AS near
  JOIN memories AS o ON o.org_id = cast(:org_id AS bigint) AND o.id = near.item_id
  WHERE o.state = 'live'
    AND o.type = a.type
    AND o.true_until IS NULL
    AND o.expires_at IS NULL
    AND (cast(:dataset_id AS bigint) IS NULL OR EXISTS (
      SELECT FROM dataset_memories AS d
      WHERE d.org_id = o.org_id AND d.dataset_id = cast(:dataset_id AS bigint) AND d.memory_id = o.id))
  ORDER BY o.id
  LIMIT 10
) AS n
UNION ALL
SELECT a.id, a.version, a.content, n.id, n.version, n.content, 1.0
FROM asked AS a
CROSS JOIN LATERAL (
  SELECT o.id, o.version, o.content
  FROM memories AS o
  WHERE o.org_id = cast(:org_id AS bigint)
    AND o.subject_id = a.subject_id
    AND o.content_hash = a.content_hash
    AND o.state = 'live'
    AND o.type = a.type
    AND o.id < a.id
    AND o.true_until IS NULL
    AND o.expires_at IS NULL
    AND (cast(:dataset_id AS bigint) IS NULL OR EXISTS (
      SELECT FROM dataset_memories AS d
      WHERE d.org_id = o.org_id AND d.dataset_id = cast(:dataset_id AS bigint) AND d.memory_id = o.id))
  ORDER BY o.id
  LIMIT 10
) AS n

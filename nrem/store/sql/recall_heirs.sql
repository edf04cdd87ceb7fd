-- recall_heirs: the superseded memories in scope nearest to the query, and by which edges one leads to what holds instead of each.
-- Index: memories_superseded_idx, embeddings_pkey, edges_target_idx, memories_pkey
WITH RECURSIVE past AS MATERIALIZED (
  SELECT m.id
  FROM memories AS m
  JOIN embeddings AS e ON e.org_id = m.org_id AND e.item_kind = 'memory' AND e.item_id = m.id
  WHERE m.org_id = cast(:org_id AS bigint)
    AND m.agent_id = cast(:agent_id AS bigint)
    AND m.true_until IS NOT NULL
    AND m.true_until <= app_now()
    AND m.state = 'live'
    AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
    AND e.model = cast(:model AS text)
  ORDER BY e.vector <=> cast(:query AS halfvec(384)), m.id
  LIMIT cast(:limit AS int)
), chain AS (
  SELECT p.id AS older_id, x.source_id AS heir_id, ARRAY[x.source_id] AS sources, ARRAY[x.target_id] AS targets
  FROM past AS p
  JOIN edges AS x
    ON x.org_id = cast(:org_id AS bigint) AND x.target_id = p.id AND x.kind = 'supersedes' AND x.valid_to IS NULL
  UNION ALL
  SELECT c.older_id, x.source_id, c.sources || x.source_id, c.targets || x.target_id
  FROM chain AS c
  JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = c.heir_id AND m.true_until <= app_now()
  JOIN edges AS x
    ON x.org_id = cast(:org_id AS bigint) AND x.target_id = c.heir_id AND x.kind = 'supersedes' AND x.valid_to IS NULL
  WHERE cardinality(c.sources) < cast(:depth AS int)
    AND x.source_id <> ALL(c.targets)
)
SELECT c.older_id, c.heir_id, c.sources, c.targets
FROM chain AS c
JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = c.heir_id
WHERE m.state = 'live'
  AND m.agent_id = cast(:agent_id AS bigint)
  AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
  AND (m.true_until IS NULL OR m.true_until > app_now())
ORDER BY cardinality(c.sources), c.older_id, c.heir_id

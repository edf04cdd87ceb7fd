-- recall_past_vector: how near the texts in scope at an instant are to the query: the nearest, all of them compared, and those named.
-- Index: memories_subject_idx, memory_versions_pkey, crossings_pkey, embeddings_agent_idx, past_embeddings_agent_idx
WITH believed AS MATERIALIZED (
  SELECT m.id, m.recorded_at, m.text_since <= cast(:as_of AS timestamptz) AS has_its_text
  FROM memories AS m
  LEFT JOIN memory_versions AS v
    ON m.valid_from > cast(:as_of AS timestamptz)
   AND v.org_id = m.org_id AND v.memory_id = m.id
   AND v.valid_from <= cast(:as_of AS timestamptz) AND v.valid_to > cast(:as_of AS timestamptz)
  WHERE m.org_id = cast(:org_id AS bigint)
    AND m.agent_id = cast(:agent_id AS bigint)
    AND m.recorded_at <= cast(:as_of AS timestamptz)
    AND m.state <> 'purged'
    AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
    AND (cast(:session_id AS bigint) IS NULL OR m.session_id = cast(:session_id AS bigint))
    AND (cast(:type AS text) IS NULL OR coalesce(v.type, m.type) = cast(:type AS text))
    -- as far as it is written down; the reader looks again
    AND CASE
          WHEN m.state_since <= cast(:as_of AS timestamptz) THEN m.state
          ELSE coalesce(
            (SELECT c.after
             FROM crossings AS c
             WHERE c.org_id = m.org_id AND c.memory_id = m.id AND c.kind = 'state'
               AND c.at <= cast(:as_of AS timestamptz)
             ORDER BY c.at DESC, c.id DESC
             LIMIT 1), 'live')
        END = 'live'
), compared AS (
  SELECT 'memory' AS item_kind, e.item_id, e.vector <=> cast(:query AS halfvec(384)) AS distance
  FROM believed AS b
  JOIN embeddings AS e ON e.item_id = b.id
  WHERE b.has_its_text
    AND e.org_id = cast(:org_id AS bigint)
    AND e.agent_id = cast(:agent_id AS bigint)
    AND e.item_kind = 'memory'
    AND e.model = cast(:model AS text)
  UNION ALL
  SELECT 'memory' AS item_kind, p.memory_id AS item_id, p.vector <=> cast(:query AS halfvec(384)) AS distance
  FROM believed AS b
  JOIN past_embeddings AS p ON p.memory_id = b.id
  WHERE NOT b.has_its_text
    AND p.org_id = cast(:org_id AS bigint)
    AND p.agent_id = cast(:agent_id AS bigint)
    AND p.model = cast(:model AS text)
    AND p.valid_from <= cast(:as_of AS timestamptz)
    AND p.valid_to > cast(:as_of AS timestamptz)
  UNION ALL
  SELECT 'turn' AS item_kind, e.item_id, e.vector <=> cast(:query AS halfvec(384)) AS distance
  FROM embeddings AS e
  JOIN events AS t ON t.org_id = e.org_id AND t.id = e.item_id
  WHERE cast(:include_turns AS bool)
    AND e.org_id = cast(:org_id AS bigint)
    AND e.agent_id = cast(:agent_id AS bigint)
    AND (cast(:subject_id AS bigint) IS NULL OR e.subject_id = cast(:subject_id AS bigint))
    AND e.item_kind = 'turn'
    AND e.model = cast(:model AS text)
    AND t.recorded_at <= cast(:as_of AS timestamptz)
    AND (cast(:session_id AS bigint) IS NULL OR t.session_id = cast(:session_id AS bigint))
), placed AS (
  SELECT c.item_kind, c.item_id, c.distance,
         row_number() OVER (ORDER BY c.distance, c.item_kind, c.item_id) AS place
  FROM compared AS c
)
SELECT p.item_kind, p.item_id, 1 - p.distance AS cosine, p.place <= cast(:limit AS int) AS is_near
FROM placed AS p
WHERE p.place <= cast(:limit AS int)
   OR (p.item_kind, p.item_id) IN (
     SELECT w.item_kind, w.item_id
     FROM unnest(cast(:item_kinds AS text[]), cast(:item_ids AS bigint[])) AS w (item_kind, item_id))
ORDER BY p.place

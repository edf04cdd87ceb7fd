-- recall_past_vector: how near the texts in scope at an instant are to the query: the nearest, all of them compared, and those named.
-- Index: conversation_turns_memory_idx, memories_subject_idx, memory_versions_pkey, crossings_pkey, embeddings_agent_idx, past_embeddings_agent_idx
WITH believed AS MATERIALIZED (
  SELECT b.id, b.recorded_at, b.has_its_text
  FROM memories_known(
    cast(:org_id AS bigint), cast(:agent_id AS bigint), cast(:user_id AS bigint),
    cast(:session_id AS bigint), cast(:type AS text), cast(:as_of AS timestamptz)) AS b
  WHERE (b.state = 'live' OR cast(:include_deleted AS bool))
    AND (b.true_until IS NULL OR b.true_until > coalesce(cast(:true_at AS timestamptz), cast(:as_of AS timestamptz)))
    AND (cast(:true_at AS timestamptz) IS NULL OR b.occurred_at <= cast(:true_at AS timestamptz))
    AND (cast(:metadata_filter AS jsonb) IS NULL OR b.metadata @> cast(:metadata_filter AS jsonb))
    AND (cast(:since AS timestamptz) IS NULL OR b.occurred_at >= cast(:since AS timestamptz))
    AND (cast(:until AS timestamptz) IS NULL OR b.occurred_at <= cast(:until AS timestamptz))
    AND (cast(:conversation_id AS bigint) IS NULL OR EXISTS (
      SELECT FROM conversation_turns AS c
      WHERE c.org_id = cast(:org_id AS bigint) AND c.memory_id = b.id
        AND c.conversation_id = cast(:conversation_id AS bigint)))
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
    AND (cast(:true_at AS timestamptz) IS NULL OR t.occurred_at <= cast(:true_at AS timestamptz))
    AND cast(:conversation_id AS bigint) IS NULL
    AND (cast(:metadata_filter AS jsonb) IS NULL OR t.body -> 'metadata' @> cast(:metadata_filter AS jsonb))
    AND (cast(:since AS timestamptz) IS NULL OR t.occurred_at >= cast(:since AS timestamptz))
    AND (cast(:until AS timestamptz) IS NULL OR t.occurred_at <= cast(:until AS timestamptz))
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

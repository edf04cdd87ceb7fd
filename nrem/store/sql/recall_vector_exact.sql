-- recall_vector_exact: the items in scope nearest to the query, all of them compared.
-- Index: conversation_turns_memory_idx, embeddings_agent_idx
SELECT c.item_kind, c.item_id, 1 - (c.vector <=> cast(:query AS halfvec(384))) AS cosine
FROM (
  SELECT e.item_kind, e.item_id, e.vector
  FROM embeddings AS e
  JOIN memories AS m ON m.org_id = e.org_id AND m.id = e.item_id
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.agent_id = cast(:agent_id AS bigint)
    AND (cast(:subject_id AS bigint) IS NULL OR e.subject_id = cast(:subject_id AS bigint))
    AND e.item_kind = 'memory'
    AND e.model = cast(:model AS text)
    AND (m.state = 'live' OR (cast(:include_deleted AS bool) AND m.state <> 'purged'))
    AND (cast(:include_deleted AS bool) OR m.expires_at IS NULL OR m.expires_at > app_now())
    AND (m.true_until IS NULL OR m.true_until > coalesce(cast(:true_at AS timestamptz), app_now()))
    AND (cast(:true_at AS timestamptz) IS NULL OR m.occurred_at <= cast(:true_at AS timestamptz))
    AND (cast(:session_id AS bigint) IS NULL OR m.session_id = cast(:session_id AS bigint))
    AND (cast(:type AS text) IS NULL OR m.type = cast(:type AS text))
    AND (cast(:metadata_filter AS jsonb) IS NULL OR m.metadata @> cast(:metadata_filter AS jsonb))
    AND (cast(:since AS timestamptz) IS NULL OR m.occurred_at >= cast(:since AS timestamptz))
    AND (cast(:until AS timestamptz) IS NULL OR m.occurred_at <= cast(:until AS timestamptz))
    AND (cast(:conversation_id AS bigint) IS NULL OR EXISTS (
      SELECT FROM conversation_turns AS c
      WHERE c.org_id = cast(:org_id AS bigint) AND c.memory_id = m.id
        AND c.conversation_id = cast(:conversation_id AS bigint)))
  UNION ALL
  SELECT e.item_kind, e.item_id, e.vector
  FROM embeddings AS e
  JOIN events AS t ON t.org_id = e.org_id AND t.id = e.item_id
  WHERE cast(:include_turns AS bool)
    AND e.org_id = cast(:org_id AS bigint)
    AND e.agent_id = cast(:agent_id AS bigint)
    AND (cast(:subject_id AS bigint) IS NULL OR e.subject_id = cast(:subject_id AS bigint))
    AND e.item_kind = 'turn'
    AND e.model = cast(:model AS text)
    AND (cast(:session_id AS bigint) IS NULL OR t.session_id = cast(:session_id AS bigint))
    AND (cast(:true_at AS timestamptz) IS NULL OR t.occurred_at <= cast(:true_at AS timestamptz))
    AND cast(:conversation_id AS bigint) IS NULL
    AND (cast(:metadata_filter AS jsonb) IS NULL OR t.body -> 'metadata' @> cast(:metadata_filter AS jsonb))
    AND (cast(:since AS timestamptz) IS NULL OR t.occurred_at >= cast(:since AS timestamptz))
    AND (cast(:until AS timestamptz) IS NULL OR t.occurred_at <= cast(:until AS timestamptz))
) AS c
ORDER BY c.vector <=> cast(:query AS halfvec(384)), c.item_kind, c.item_id
LIMIT cast(:limit AS int)

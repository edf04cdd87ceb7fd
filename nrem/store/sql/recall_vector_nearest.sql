-- recall_vector_nearest: as recall_vector_exact, through the approximate index, for scopes too large to compare.
-- Index: conversation_turns_memory_idx, embeddings_vector_hnsw_idx
SELECT e.item_kind, e.item_id, 1 - (e.vector <=> cast(:query AS halfvec(384))) AS cosine
FROM embeddings AS e
LEFT JOIN memories AS m ON e.item_kind = 'memory' AND m.org_id = e.org_id AND m.id = e.item_id
LEFT JOIN events AS t ON e.item_kind = 'turn' AND t.org_id = e.org_id AND t.id = e.item_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.agent_id = cast(:agent_id AS bigint)
  AND (cast(:subject_id AS bigint) IS NULL OR e.subject_id = cast(:subject_id AS bigint))
  AND e.model = cast(:model AS text)
  AND (
    (m.id IS NOT NULL
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
         AND c.conversation_id = cast(:conversation_id AS bigint))))
    OR
    (t.id IS NOT NULL
     AND cast(:include_turns AS bool)
     AND (cast(:session_id AS bigint) IS NULL OR t.session_id = cast(:session_id AS bigint))
     AND (cast(:true_at AS timestamptz) IS NULL OR t.occurred_at <= cast(:true_at AS timestamptz))
     AND cast(:conversation_id AS bigint) IS NULL
     AND (cast(:metadata_filter AS jsonb) IS NULL OR t.body -> 'metadata' @> cast(:metadata_filter AS jsonb))
     AND (cast(:since AS timestamptz) IS NULL OR t.occurred_at >= cast(:since AS timestamptz))
     AND (cast(:until AS timestamptz) IS NULL OR t.occurred_at <= cast(:until AS timestamptz)))
  )
ORDER BY e.vector <=> cast(:query AS halfvec(384))
LIMIT cast(:limit AS int)

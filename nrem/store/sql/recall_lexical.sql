-- recall_lexical: the items in scope that hold the lexemes, best by BM25 first, given the weight of each lexeme.
-- Index: conversation_turns_memory_idx, lexemes_pkey
SELECT f.item_kind, f.item_id
FROM unnest(cast(:lexemes AS text[]), cast(:weights AS float8[])) AS w (lexeme, weight)
CROSS JOIN LATERAL (
  SELECT l.item_kind, l.item_id, l.tf, l.length
  FROM lexemes AS l
  JOIN memories AS m ON m.org_id = l.org_id AND m.id = l.item_id
  WHERE l.org_id = cast(:org_id AS bigint)
    AND l.agent_id = cast(:agent_id AS bigint)
    AND l.lexeme = w.lexeme
    AND l.item_kind = 'memory'
    AND m.agent_id = cast(:agent_id AS bigint)
    AND (m.state = 'live' OR (cast(:include_deleted AS bool) AND m.state <> 'purged'))
    AND (cast(:include_deleted AS bool) OR m.expires_at IS NULL OR m.expires_at > app_now())
    AND (m.true_until IS NULL OR m.true_until > coalesce(cast(:true_at AS timestamptz), app_now()))
    AND (cast(:true_at AS timestamptz) IS NULL OR m.occurred_at <= cast(:true_at AS timestamptz))
    AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
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
  SELECT l.item_kind, l.item_id, l.tf, l.length
  FROM lexemes AS l
  JOIN events AS t ON t.org_id = l.org_id AND t.id = l.item_id
  WHERE cast(:include_turns AS bool)
    AND l.org_id = cast(:org_id AS bigint)
    AND l.agent_id = cast(:agent_id AS bigint)
    AND l.lexeme = w.lexeme
    AND l.item_kind = 'turn'
    AND (cast(:subject_id AS bigint) IS NULL OR t.subject_id = cast(:subject_id AS bigint))
    AND (cast(:session_id AS bigint) IS NULL OR t.session_id = cast(:session_id AS bigint))
    AND (cast(:true_at AS timestamptz) IS NULL OR t.occurred_at <= cast(:true_at AS timestamptz))
    AND cast(:conversation_id AS bigint) IS NULL
    AND (cast(:metadata_filter AS jsonb) IS NULL OR t.body -> 'metadata' @> cast(:metadata_filter AS jsonb))
    AND (cast(:since AS timestamptz) IS NULL OR t.occurred_at >= cast(:since AS timestamptz))
    AND (cast(:until AS timestamptz) IS NULL OR t.occurred_at <= cast(:until AS timestamptz))
) AS f
GROUP BY f.item_kind, f.item_id
ORDER BY sum(w.weight * f.tf * (cast(:k1 AS float8) + 1)
             / (f.tf + cast(:k1 AS float8) * (1 - cast(:b AS float8) + cast(:b AS float8) * f.length / cast(:mean_length AS float8)))) DESC,
         f.item_kind, f.item_id
LIMIT cast(:limit AS int)

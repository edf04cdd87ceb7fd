-- recall_postings: how many items the scope has, live or not, and how long they are (in the row of the empty lexeme), and its postings of the lexemes.
-- Index: conversation_turns_memory_idx, lexemes_pkey
WITH posting AS MATERIALIZED (
  SELECT l.lexeme, l.item_kind, l.item_id, l.tf, l.length,
         (cast(:include_deleted AS bool) OR (m.state = 'live' AND (m.expires_at IS NULL OR m.expires_at > app_now())))
           AND (m.true_until IS NULL OR m.true_until > coalesce(cast(:true_at AS timestamptz), app_now()))
           AND (cast(:true_at AS timestamptz) IS NULL OR m.occurred_at <= cast(:true_at AS timestamptz)) AS is_live
  FROM memories AS m
  JOIN lexemes AS l ON l.org_id = m.org_id AND l.agent_id = m.agent_id AND l.item_id = m.id
  WHERE m.org_id = cast(:org_id AS bigint)
    AND m.agent_id = cast(:agent_id AS bigint)
    -- The statistics must not depend on which crossings were written down already, nor on true_at.
    AND m.state <> 'purged'
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
    AND l.item_kind = 'memory'
    AND l.lexeme = ANY(array_append(cast(:lexemes AS text[]), ''))
  UNION ALL
  SELECT l.lexeme, l.item_kind, l.item_id, l.tf, l.length,
         cast(:true_at AS timestamptz) IS NULL OR t.occurred_at <= cast(:true_at AS timestamptz)
  FROM events AS t
  JOIN lexemes AS l ON l.org_id = t.org_id AND l.item_id = t.id
  WHERE cast(:include_turns AS bool)
    AND t.org_id = cast(:org_id AS bigint)
    AND t.kind = 'turn'
    AND (cast(:subject_id AS bigint) IS NULL OR t.subject_id = cast(:subject_id AS bigint))
    AND (cast(:session_id AS bigint) IS NULL OR t.session_id = cast(:session_id AS bigint))
    AND cast(:conversation_id AS bigint) IS NULL
    AND (cast(:metadata_filter AS jsonb) IS NULL OR t.body -> 'metadata' @> cast(:metadata_filter AS jsonb))
    AND (cast(:since AS timestamptz) IS NULL OR t.occurred_at >= cast(:since AS timestamptz))
    AND (cast(:until AS timestamptz) IS NULL OR t.occurred_at <= cast(:until AS timestamptz))
    AND l.agent_id = cast(:agent_id AS bigint)
    AND l.item_kind = 'turn'
    AND l.lexeme = ANY(array_append(cast(:lexemes AS text[]), ''))
)
SELECT '' AS lexeme, '' AS item_kind, count(*) AS item_id, 0 AS tf, coalesce(avg(p.length), 0)::float8 AS length, true AS is_live
FROM posting AS p
WHERE p.lexeme = ''
UNION ALL
SELECT p.lexeme, p.item_kind, p.item_id, p.tf, p.length, p.is_live
FROM posting AS p
WHERE p.lexeme <> ''

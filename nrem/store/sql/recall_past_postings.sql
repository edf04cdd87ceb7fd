-- recall_past_postings: as recall_postings, of the texts that were in scope at an instant.
-- Index: conversation_turns_memory_idx, memories_subject_idx, memory_versions_pkey, crossings_pkey, lexemes_pkey, past_lexemes_pkey
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
), posting AS MATERIALIZED (
  SELECT l.lexeme, l.item_kind, l.item_id, l.tf, l.length
  FROM believed AS b
  JOIN lexemes AS l ON l.item_id = b.id
  WHERE b.has_its_text
    AND l.org_id = cast(:org_id AS bigint)
    AND l.agent_id = cast(:agent_id AS bigint)
    AND l.item_kind = 'memory'
    AND l.lexeme = ANY(array_append(cast(:lexemes AS text[]), ''))
  UNION ALL
  SELECT p.lexeme, 'memory' AS item_kind, p.memory_id AS item_id, p.tf, p.length
  FROM believed AS b
  JOIN past_lexemes AS p ON p.memory_id = b.id
  WHERE NOT b.has_its_text
    AND p.org_id = cast(:org_id AS bigint)
    AND p.agent_id = cast(:agent_id AS bigint)
    AND p.lexeme = ANY(array_append(cast(:lexemes AS text[]), ''))
    AND p.valid_from <= cast(:as_of AS timestamptz)
    AND p.valid_to > cast(:as_of AS timestamptz)
  UNION ALL
  SELECT l.lexeme, l.item_kind, l.item_id, l.tf, l.length
  FROM events AS t
  JOIN lexemes AS l ON l.org_id = t.org_id AND l.item_id = t.id
  WHERE cast(:include_turns AS bool)
    AND t.org_id = cast(:org_id AS bigint)
    AND t.kind = 'turn'
    AND t.recorded_at <= cast(:as_of AS timestamptz)
    AND (cast(:subject_id AS bigint) IS NULL OR t.subject_id = cast(:subject_id AS bigint))
    AND (cast(:session_id AS bigint) IS NULL OR t.session_id = cast(:session_id AS bigint))
    AND (cast(:true_at AS timestamptz) IS NULL OR t.occurred_at <= cast(:true_at AS timestamptz))
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
SELECT p.lexeme, p.item_kind, p.item_id, p.tf, p.length, true
FROM posting AS p
WHERE p.lexeme <> ''

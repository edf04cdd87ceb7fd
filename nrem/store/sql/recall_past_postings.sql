-- recall_past_postings: as recall_postings, of the texts that were in scope at an instant.
-- Index: memories_subject_idx, memory_versions_pkey, crossings_pkey, lexemes_pkey, past_lexemes_pkey
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

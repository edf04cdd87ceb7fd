-- recall_lexical: the items in scope by BM25, given the weight of each lexeme.
-- Index: lexemes_pkey
SELECT l.item_kind, l.item_id,
       sum(w.weight * l.tf * (cast(:k1 AS float8) + 1)
           / (l.tf + cast(:k1 AS float8) * (1 - cast(:b AS float8) + cast(:b AS float8) * l.length / cast(:mean_length AS float8)))) AS score
FROM unnest(cast(:lexemes AS text[]), cast(:weights AS float8[])) AS w (lexeme, weight)
JOIN lexemes AS l
  ON l.org_id = cast(:org_id AS bigint) AND l.agent_id = cast(:agent_id AS bigint) AND l.lexeme = w.lexeme
LEFT JOIN memories AS m ON l.item_kind = 'memory' AND m.org_id = l.org_id AND m.id = l.item_id
LEFT JOIN events AS t ON l.item_kind = 'turn' AND t.org_id = l.org_id AND t.id = l.item_id
LEFT JOIN subjects AS s ON s.org_id = t.org_id AND s.id = t.subject_id
WHERE (m.id IS NOT NULL
       AND m.state = 'live'
       AND (m.expires_at IS NULL OR m.expires_at > app_now())
       AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
       AND (cast(:session_id AS bigint) IS NULL OR m.session_id = cast(:session_id AS bigint))
       AND (cast(:type AS text) IS NULL OR m.type = cast(:type AS text)))
   OR (t.id IS NOT NULL
       AND cast(:include_turns AS bool)
       AND (cast(:user_id AS bigint) IS NULL OR s.user_id = cast(:user_id AS bigint))
       AND (cast(:session_id AS bigint) IS NULL OR t.session_id = cast(:session_id AS bigint)))
GROUP BY l.item_kind, l.item_id
ORDER BY score DESC, l.item_kind, l.item_id
LIMIT cast(:limit AS int)

-- recall_corpus: how many items the agent has and how long they are, and how many hold each lexeme, counted up to a bound.
-- Index: lexemes_pkey
SELECT w.lexeme, c.items, c.mean_length
FROM unnest(array_append(cast(:lexemes AS text[]), '')) AS w (lexeme)
CROSS JOIN LATERAL (
  SELECT count(*) AS items, avg(bounded.length)::float8 AS mean_length
  FROM (
    SELECT l.length
    FROM lexemes AS l
    WHERE l.org_id = cast(:org_id AS bigint)
      AND l.agent_id = cast(:agent_id AS bigint)
      AND l.lexeme = w.lexeme
    LIMIT cast(:bound AS int)
  ) AS bounded
) AS c
WHERE c.items > 0

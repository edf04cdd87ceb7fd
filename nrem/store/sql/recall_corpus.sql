-- recall_corpus: how many items the agent has and how long they are, and how many hold each lexeme.
-- Index: lexemes_pkey
SELECT l.lexeme, count(*) AS items, avg(l.length)::float8 AS mean_length
FROM lexemes AS l
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.agent_id = cast(:agent_id AS bigint)
  AND l.lexeme = ANY(array_append(cast(:lexemes AS text[]), ''))
GROUP BY l.lexeme

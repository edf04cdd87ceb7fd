-- shelf_by_words: the live memories of a shelf that hold most of the lexemes, of equals those that say least besides, then the newest.
-- Index: lexemes_pkey, memories_shelf_idx
SELECT l.item_id AS id
FROM lexemes AS l
JOIN memories AS m ON m.org_id = l.org_id AND m.id = l.item_id
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.agent_id = cast(:agent_id AS bigint)
  AND l.item_kind = 'memory'
  AND l.lexeme = ANY(cast(:lexemes AS text[]))
  AND m.subject_id = cast(:subject_id AS bigint)
  AND m.shelf = cast(:shelf AS text)
  AND m.state = 'live'
GROUP BY l.item_id, l.length
ORDER BY count(*) * (cast(:focus AS float8) + (1 - cast(:focus AS float8)) * sum(l.tf) / l.length) DESC, l.item_id DESC
LIMIT cast(:limit AS int)

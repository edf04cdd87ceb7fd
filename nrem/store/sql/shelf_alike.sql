-- shelf_alike: of the newest live memories of a shelf, those that hold a lexeme, the newest first.
-- Index: memories_shelf_idx, lexemes_pkey
SELECT m.id, m.content
FROM (
  SELECT s.id, s.content, s.org_id, s.agent_id
  FROM memories AS s
  WHERE s.org_id = cast(:org_id AS bigint)
    AND s.subject_id = cast(:subject_id AS bigint)
    AND s.shelf = cast(:shelf AS text)
    AND s.state = 'live'
  ORDER BY s.id DESC
  LIMIT cast(:window AS int)
) AS m
JOIN lexemes AS l ON l.org_id = m.org_id AND l.agent_id = m.agent_id AND l.item_id = m.id
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.lexeme = cast(:lexeme AS text)
  AND l.item_kind = 'memory'
ORDER BY m.id DESC
LIMIT cast(:limit AS int)

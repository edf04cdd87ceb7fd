-- recall_lexical_of: which of the lexemes given items hold, and how often.
-- Index: lexemes_pkey
SELECT l.lexeme, l.item_kind, l.item_id, l.tf, l.length
FROM unnest(cast(:item_kinds AS text[]), cast(:item_ids AS bigint[])) AS w (item_kind, item_id)
JOIN lexemes AS l ON l.item_kind = w.item_kind AND l.item_id = w.item_id
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.agent_id = cast(:agent_id AS bigint)
  AND l.lexeme = ANY(cast(:lexemes AS text[]))

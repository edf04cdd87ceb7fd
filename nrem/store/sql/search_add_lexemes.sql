-- search_add_lexemes: inserts the postings of memories and turns; a repeated item is replaced.
-- Index: lexemes_pkey
INSERT INTO lexemes (org_id, agent_id, lexeme, item_kind, item_id, tf, length)
SELECT cast(:org_id AS bigint), w.agent_id, w.lexeme, w.item_kind, w.item_id, w.tf, w.length
FROM unnest(
  cast(:agent_ids AS bigint[]), cast(:lexemes AS text[]), cast(:item_kinds AS text[]),
  cast(:item_ids AS bigint[]), cast(:tfs AS int[]), cast(:lengths AS int[])
) AS w (agent_id, lexeme, item_kind, item_id, tf, length)
ORDER BY w.agent_id, w.lexeme, w.item_kind, w.item_id
ON CONFLICT (org_id, agent_id, lexeme, item_kind, item_id) DO UPDATE
SET tf = excluded.tf, length = excluded.length

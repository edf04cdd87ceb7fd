-- conversation_find_key: the conversation that a key opened.
-- Index: conversations_idem_key
SELECT c.id, c.body_hash
FROM conversations AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.idem_key = cast(:idem_key AS bytea)

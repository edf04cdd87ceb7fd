-- conversation_lock: one conversation that stands, locked: its turns are numbered one after the other.
-- Index: conversations_pkey
SELECT c.id
FROM conversations AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.id = cast(:id AS bigint)
  AND c.deleted_at IS NULL
FOR NO KEY UPDATE

-- recall_conversation: whether a conversation is there and not deleted.
-- Index: conversations_pkey
SELECT v.id
FROM conversations AS v
WHERE v.org_id = cast(:org_id AS bigint)
  AND v.id = cast(:conversation_id AS bigint)
  AND v.deleted_at IS NULL

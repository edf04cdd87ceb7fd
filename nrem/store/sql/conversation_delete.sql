-- conversation_delete: deletes a conversation softly; one that is deleted keeps its instant.
-- Index: conversations_pkey
UPDATE conversations AS c
SET deleted_at = app_now(), updated_at = app_now()
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.id = cast(:id AS bigint)
  AND c.deleted_at IS NULL
RETURNING c.id

-- turn_find: where a memory is a turn already, deleted conversations left out.
-- Index: conversation_turns_memory_idx
SELECT t.conversation_id, t.turn_index
FROM conversation_turns AS t
JOIN conversations AS c ON c.org_id = t.org_id AND c.id = t.conversation_id
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.memory_id = cast(:memory_id AS bigint)
  AND c.deleted_at IS NULL

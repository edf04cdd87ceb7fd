-- turn_list: turns of a conversation in their order, after the one of this number.
-- Index: conversation_turns_pkey
SELECT t.turn_index, t.memory_id, t.role, t.created_at
FROM conversation_turns AS t
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.conversation_id = cast(:conversation_id AS bigint)
  AND t.turn_index > cast(:after_turn AS bigint)
ORDER BY t.turn_index
LIMIT cast(:limit AS int)

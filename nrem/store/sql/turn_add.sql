-- turn_add: gives a memory the next number of a conversation, whose row is locked.
-- Index: conversations_pkey, conversation_turns_pkey
WITH counted AS (
  UPDATE conversations AS c
  SET turn_count = c.turn_count + 1,
      last_summary_turn = CASE WHEN cast(:role AS text) = 'summary' THEN c.turn_count + 1 ELSE c.last_summary_turn END,
      updated_at = app_now()
  WHERE c.org_id = cast(:org_id AS bigint)
    AND c.id = cast(:conversation_id AS bigint)
  RETURNING c.org_id, c.id, c.turn_count
)
INSERT INTO conversation_turns (org_id, conversation_id, turn_index, memory_id, role, created_at)
SELECT n.org_id, n.id, n.turn_count, cast(:memory_id AS bigint), cast(:role AS text), app_now()
FROM counted AS n
RETURNING turn_index

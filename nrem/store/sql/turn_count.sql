-- turn_count: how many turns a conversation has.
-- Index: conversation_turns_pkey
SELECT count(*)
FROM conversation_turns AS t
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.conversation_id = cast(:conversation_id AS bigint)

-- conversation_read: one conversation, deleted or not, with the callers' ids behind its numbers.
-- Index: conversations_pkey
SELECT c.id, c.agent_id, c.user_id, a.external_id AS agent, u.external_id AS "user", c.title, c.metadata,
       c.summary_cadence, c.turn_count, c.last_summary_turn, c.created_at, c.updated_at, c.deleted_at
FROM conversations AS c
JOIN agents AS a ON a.org_id = c.org_id AND a.id = c.agent_id
LEFT JOIN users AS u ON u.org_id = c.org_id AND u.id = c.user_id
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.id = cast(:id AS bigint)

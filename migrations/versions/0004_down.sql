-- Back to 0003. Conversations, jobs, budgets and the audit trail are lost; memories stay.
SET LOCAL ROLE nrem_owner;
DROP FUNCTION memories_known(bigint, bigint, bigint, bigint, text, timestamptz);
DROP TABLE audit, conversation_turns, conversations, dataset_memories, jobs, datasets, budgets;
ALTER TABLE sessions DROP COLUMN session_type;
ALTER TABLE inbox NO FORCE ROW LEVEL SECURITY;
DELETE FROM inbox WHERE item_kind = 'job';
ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
ALTER TABLE inbox DROP CONSTRAINT inbox_item_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_item_kind_check
  CHECK (item_kind IN ('event', 'memory', 'turn', 'preview'));
RESET ROLE;

-- Takes away what waits in batches and how those came out; whoever waits asks anew.
SET LOCAL ROLE nrem_owner;
DROP TABLE llm_batch_waits, llm_batches;
ALTER TABLE llm_spend DROP COLUMN batch_calls, DROP COLUMN batch_micros;
ALTER TABLE llm_calls NO FORCE ROW LEVEL SECURITY;
DELETE FROM llm_calls WHERE status IN ('canceled', 'expired');
ALTER TABLE llm_calls FORCE ROW LEVEL SECURITY;
ALTER TABLE llm_calls DROP CONSTRAINT llm_calls_status_check;
ALTER TABLE llm_calls ADD CONSTRAINT llm_calls_status_check
  CHECK (status IN ('reserved', 'ok', 'refused', 'truncated', 'invalid', 'limited', 'overloaded', 'timeout',
                    'unreachable', 'spend_limit', 'denied', 'rejected'));
DROP INDEX llm_calls_subject_idx;
ALTER TABLE llm_calls DROP COLUMN batch_id, DROP COLUMN items;
REVOKE UPDATE (request, reply) ON llm_calls FROM nrem_api;
ALTER TABLE inbox NO FORCE ROW LEVEL SECURITY;
DELETE FROM inbox WHERE item_kind = 'llm_batch';
ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
ALTER TABLE inbox DROP CONSTRAINT inbox_item_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_item_kind_check
  CHECK (item_kind IN ('event', 'memory', 'turn', 'preview', 'job'));
RESET ROLE;

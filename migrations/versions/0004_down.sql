-- Back to 0003. Conversations, jobs, budgets and the audit trail are lost; memories stay.
SET LOCAL ROLE nrem_owner;
DROP FUNCTION memories_known(bigint, bigint, bigint, bigint, text, timestamptz);
REVOKE DELETE ON memories, inbox FROM nrem_api;
REVOKE UPDATE (body, body_hash) ON events FROM nrem_api;
REVOKE UPDATE (resolved_at, resolution) ON parked FROM nrem_api;
DROP TRIGGER derivations_erased_trg ON derivations;
DROP FUNCTION derivation_refuse_erased();
DROP TRIGGER events_immutable_trg ON events;
CREATE TRIGGER events_immutable_trg
BEFORE UPDATE ON events
FOR EACH ROW
WHEN (
  NEW.body <> '{}'
  OR (OLD.org_id, OLD.id, OLD.kind, OLD.stream_id, OLD.seq, OLD.subject_id, OLD.session_id,
      OLD.occurred_at, OLD.recorded_at, OLD.tokens, OLD.body_hash, OLD.idem_key)
  IS DISTINCT FROM
     (NEW.org_id, NEW.id, NEW.kind, NEW.stream_id, NEW.seq, NEW.subject_id, NEW.session_id,
      NEW.occurred_at, NEW.recorded_at, NEW.tokens, NEW.body_hash, NEW.idem_key)
)
EXECUTE FUNCTION event_refuse_update();
DROP TABLE replays, audit, conversation_turns, conversations, dataset_memories, jobs, datasets, budgets;
ALTER TABLE sessions DROP COLUMN session_type;
ALTER TABLE inbox NO FORCE ROW LEVEL SECURITY;
DELETE FROM inbox WHERE item_kind = 'job';
ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
ALTER TABLE inbox DROP CONSTRAINT inbox_item_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_item_kind_check
  CHECK (item_kind IN ('event', 'memory', 'turn', 'preview'));
-- The program before knows no such reason.
ALTER TABLE crossings NO FORCE ROW LEVEL SECURITY;
UPDATE crossings SET reason = 'requested' WHERE reason = 'merged';
ALTER TABLE crossings FORCE ROW LEVEL SECURITY;
ALTER TABLE memories NO FORCE ROW LEVEL SECURITY;
UPDATE memories SET state_reason = 'requested' WHERE state_reason = 'merged';
ALTER TABLE memories FORCE ROW LEVEL SECURITY;
RESET ROLE;

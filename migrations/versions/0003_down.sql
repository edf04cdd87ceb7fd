-- Back to 0002. What was promoted stays as memories; how they hang together is lost.
SET LOCAL ROLE nrem_owner;
DROP TRIGGER memories_promotion_trg ON memories;
DROP TRIGGER memories_promotion_again_trg ON memories;
DROP FUNCTION memory_await_promotion();
DROP FUNCTION memory_await_promotion_again();
DROP TABLE edges, run_changes, promote_queue, attributes, previews;
ALTER TABLE sessions DROP COLUMN set_aside_by;
ALTER TABLE runs DROP COLUMN reverted_at, DROP COLUMN reverted_by, DROP COLUMN reverts;
ALTER TABLE inbox NO FORCE ROW LEVEL SECURITY;
DELETE FROM inbox WHERE item_kind = 'preview';
ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
ALTER TABLE inbox DROP CONSTRAINT inbox_item_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_item_kind_check CHECK (item_kind IN ('event', 'memory', 'turn'));
REVOKE INSERT, UPDATE ON runs, run_totals FROM nrem_api;
REVOKE SELECT ON run_totals FROM nrem_api;
REVOKE DELETE ON effects, derivations FROM nrem_api;
RESET ROLE;

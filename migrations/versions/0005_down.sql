-- Back to 0004. Observations and cards are lost; what they were made from stays.
SET LOCAL ROLE nrem_owner;
DROP TABLE observation_parents, observations, observation_logs, card_values, cards, card_schemas;
DROP FUNCTION observation_require_sources(), observation_note_absence();
ALTER TABLE derivations NO FORCE ROW LEVEL SECURITY;
DELETE FROM derivations WHERE child_kind = 'observation';
ALTER TABLE derivations FORCE ROW LEVEL SECURITY;
ALTER TABLE derivations DROP CONSTRAINT derivations_child_kind_check;
ALTER TABLE derivations ADD CONSTRAINT derivations_child_kind_check CHECK (child_kind IN ('memory'));
ALTER TABLE leases NO FORCE ROW LEVEL SECURITY;
DELETE FROM leases WHERE pass IN ('observe', 'reflect');
ALTER TABLE leases FORCE ROW LEVEL SECURITY;
ALTER TABLE leases DROP COLUMN cursor_tokens, DROP COLUMN until_seq;
REVOKE UPDATE (external_id) ON agents FROM nrem_api;
RESET ROLE;

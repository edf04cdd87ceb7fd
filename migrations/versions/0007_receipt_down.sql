-- The ledger outside of the database stays.
SET LOCAL ROLE nrem_lookup;
DROP FUNCTION erasures_stand(bigint[], bigint[]);
RESET ROLE;

SET LOCAL ROLE nrem_owner;
DROP POLICY erasures_lookup ON erasures;
REVOKE SELECT (org_id, id, state, reached, target_hash, requested_at) ON erasures FROM nrem_lookup;
DROP TABLE erasure_lines;
RESET ROLE;

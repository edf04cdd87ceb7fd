-- Keys are as they were: made, and good until they expire or are revoked.
SET LOCAL ROLE nrem_lookup;
DROP FUNCTION org_bound(bigint, int), org_seen(), org_found(text), org_is_operator(), api_key_find(text);
CREATE FUNCTION api_key_find(wanted text)
RETURNS TABLE (org_id bigint, key_row_id bigint, secret_hash bytea, scopes text[], expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  SELECT k.org_id, k.id, k.secret_hash, k.scopes, k.expires_at, k.revoked_at
  FROM api_keys AS k
  WHERE k.key_id = wanted;
END;
REVOKE ALL ON FUNCTION api_key_find(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_find(text) TO nrem_api;
RESET ROLE;

SET LOCAL ROLE nrem_owner;
DROP POLICY orgs_bound ON orgs;
DROP POLICY orgs_found ON orgs;
REVOKE INSERT, UPDATE (rate_per_minute) ON orgs FROM nrem_lookup;
REVOKE INSERT ON audit FROM nrem_admin;
REVOKE SELECT (org_id, id, key_id, scopes, created_at, expires_at, revoked_at, rate_per_minute, replaces_id),
  INSERT, UPDATE (expires_at, revoked_at) ON api_keys FROM nrem_api;
GRANT SELECT ON api_keys TO nrem_worker;
DROP FUNCTION rate_take(bigint, bigint, int, int), rate_take_one(bigint, bigint, int);
DROP TABLE rates;
ALTER TABLE api_keys DROP COLUMN rate_per_minute, DROP COLUMN replaces_id;
ALTER TABLE orgs DROP COLUMN is_operator, DROP COLUMN rate_per_minute;
RESET ROLE;

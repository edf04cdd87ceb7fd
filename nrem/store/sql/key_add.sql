-- key_add: stores a new API key as a digest.
-- Index: api_keys_key_id_key
-- Role: nrem_admin
INSERT INTO api_keys (org_id, key_id, secret_hash, scopes)
VALUES (cast(:org_id AS bigint), cast(:key_id AS text), cast(:secret_hash AS bytea), cast(:scopes AS text[]))

-- key_add: stores a new API key as a digest.
-- Index: api_keys_key_id_key
INSERT INTO api_keys (org_id, key_id, secret_hash, scopes, rate_per_minute, replaces_id, expires_at)
VALUES (
  cast(:org_id AS bigint), cast(:key_id AS text), cast(:secret_hash AS bytea), cast(:scopes AS text[]),
  cast(:rate_per_minute AS int), cast(:replaces_id AS bigint),
  clock_timestamp() + make_interval(secs => cast(:lives_seconds AS double precision)))
RETURNING id

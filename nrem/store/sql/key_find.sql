-- key_find: the key of an id, whichever org it belongs to.
-- Index: none (a function that may look across orgs reads api_keys_key_id_key)
SELECT k.org_id, k.key_row_id, k.secret_hash, k.scopes, k.rate_per_minute, k.org_rate_per_minute,
       k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp()) AS is_valid
FROM api_key_find(cast(:key_id AS text)) AS k

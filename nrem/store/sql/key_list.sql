-- key_list: keys of an org, all or one, in the order they were made, with when each was last used.
-- Index: api_keys_pkey, rates_pkey
SELECT k.id, k.key_id, k.scopes, k.rate_per_minute, k.replaces_id, k.created_at, k.expires_at, k.revoked_at,
       r.taken_at AS used_at,
       k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp()) AS is_valid
FROM api_keys AS k
LEFT JOIN rates AS r ON r.org_id = k.org_id AND r.key_row_id = k.id
WHERE k.org_id = cast(:org_id AS bigint)
  AND k.id > cast(:after_id AS bigint)
  AND k.id <= cast(:until_id AS bigint)
ORDER BY k.id
LIMIT cast(:limit AS bigint)

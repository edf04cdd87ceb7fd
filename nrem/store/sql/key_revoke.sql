-- key_revoke: ends a key at once; answers its number when it had not been ended so before.
-- Index: api_keys_pkey
UPDATE api_keys AS k
SET revoked_at = clock_timestamp()
WHERE k.org_id = cast(:org_id AS bigint) AND k.id = cast(:key_row_id AS bigint) AND k.revoked_at IS NULL
RETURNING k.id

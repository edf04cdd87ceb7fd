-- key_lock: holds a key of an org as it is until the transaction ends.
-- Index: api_keys_pkey
SELECT k.id, date_part('epoch', k.expires_at - k.created_at) AS lives_seconds
FROM api_keys AS k
WHERE k.org_id = cast(:org_id AS bigint) AND k.id = cast(:key_row_id AS bigint)
FOR UPDATE

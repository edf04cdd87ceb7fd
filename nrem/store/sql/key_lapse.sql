-- key_lapse: has a key expire after so many seconds, unless it does so before.
-- Index: api_keys_pkey
UPDATE api_keys AS k
SET expires_at = least(
  k.expires_at, clock_timestamp() + make_interval(secs => cast(:overlap_seconds AS double precision)))
WHERE k.org_id = cast(:org_id AS bigint) AND k.id = cast(:key_row_id AS bigint)

-- rate_take: counts one request of a key and its org, if both may ask.
-- Index: none (a function reads rates_pkey)
SELECT t.of_org, t.wait_seconds, t.remaining, t.full_at
FROM rate_take(
  cast(:org_id AS bigint), cast(:key_row_id AS bigint), cast(:key_per_minute AS int),
  cast(:org_per_minute AS int)) AS t

-- replay_find: what was done under an idempotency key in the last 24 hours.
-- Index: replays_pkey
SELECT r.body, r.made
FROM replays AS r
WHERE r.org_id = cast(:org_id AS bigint)
  AND r.key = cast(:key AS bytea)
  AND r.created_at > app_now() - interval '24 hours'

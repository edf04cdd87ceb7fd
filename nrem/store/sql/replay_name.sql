-- replay_name: notes the row that was made under an idempotency key.
-- Index: replays_pkey
UPDATE replays AS r
SET made = cast(:made AS bigint)
WHERE r.org_id = cast(:org_id AS bigint)
  AND r.key = cast(:key AS bytea)

-- replay_add: marks an idempotency key, if this transaction has written something and no mark stands.
-- Index: replays_pkey
INSERT INTO replays AS r (org_id, key, body, created_at)
SELECT cast(:org_id AS bigint), cast(:key AS bytea), cast(:body AS bytea), app_now()
WHERE pg_current_xact_id_if_assigned() IS NOT NULL
ON CONFLICT (org_id, key) DO UPDATE
SET body = excluded.body, made = NULL, created_at = excluded.created_at
WHERE r.created_at <= app_now() - interval '24 hours'
RETURNING r.key

-- replay_prune: deletes a hundred marks of idempotency keys that are older than 24 hours.
-- Index: replays_created_at_idx
DELETE FROM replays AS r
USING (
  SELECT p.org_id, p.key
  FROM replays AS p
  WHERE p.org_id = cast(:org_id AS bigint)
    AND p.created_at <= app_now() - interval '24 hours'
  ORDER BY p.created_at
  LIMIT 100
  FOR UPDATE SKIP LOCKED
) AS old
WHERE r.org_id = old.org_id
  AND r.key = old.key

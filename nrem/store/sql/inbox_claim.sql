-- inbox_claim: takes due items for a time; the attempt counts now, so a crash counts too.
-- Index: inbox_due_idx
-- Role: nrem_worker
WITH due AS (
  SELECT i.item_kind, i.item_id
  FROM inbox AS i
  WHERE i.org_id = cast(:org_id AS bigint)
    AND i.pass = cast(:pass AS text)
    AND i.due_at <= app_now()
    AND (i.lease_until IS NULL OR i.lease_until < clock_timestamp())
    AND i.attempts BETWEEN cast(:attempts_from AS int) AND cast(:attempts_to AS int)
  ORDER BY i.due_at, i.item_id
  LIMIT cast(:batch AS int)
  FOR UPDATE SKIP LOCKED
)
UPDATE inbox AS i
SET attempts = i.attempts + 1,
    owner = cast(:owner AS text),
    lease_until = clock_timestamp() + make_interval(secs => cast(:lease_seconds AS float8))
FROM due
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.pass = cast(:pass AS text)
  AND i.item_kind = due.item_kind
  AND i.item_id = due.item_id
RETURNING i.item_kind, i.item_id, i.session_id, i.attempts

-- batch_wake_streams: makes due the streams that wait for a batch; answers their passes.
-- Index: llm_calls_batch_idx, llm_batch_waits_pkey, leases_pkey
-- Role: nrem_worker
WITH waiting AS (
  SELECT l.pass, l.stream_id
  FROM (
    SELECT DISTINCT w.pass, w.stream_id
    FROM llm_calls AS c
    JOIN llm_batch_waits AS w ON w.org_id = c.org_id AND w.call_id = c.id
    WHERE c.org_id = cast(:org_id AS bigint) AND c.batch_id = cast(:id AS bigint)
  ) AS w
  JOIN leases AS l ON l.org_id = cast(:org_id AS bigint) AND l.pass = w.pass AND l.stream_id = w.stream_id
  ORDER BY l.pass, l.stream_id
  FOR UPDATE OF l
)
UPDATE leases AS l
SET due_at = least(l.due_at, app_now())
FROM waiting AS w
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = w.pass
  AND l.stream_id = w.stream_id
RETURNING l.pass

-- observe_rouse: makes every stream due that has something nobody observed; what somebody holds, or a batch is to answer, is left alone.
-- Index: leases_pkey, streams_pkey, llm_batch_waits_stream_idx, llm_calls_pkey
-- Role: nrem_worker
WITH late AS (
  SELECT l.stream_id, s.last_seq
  FROM leases AS l
  JOIN streams AS s ON s.org_id = l.org_id AND s.id = l.stream_id
  WHERE l.org_id = cast(:org_id AS bigint)
    AND l.pass = 'observe'
    AND l.state = 'active'
    AND l.lease_until IS NULL
    AND NOT EXISTS (
      SELECT FROM llm_batch_waits AS b
      JOIN llm_calls AS c ON c.org_id = b.org_id AND c.id = b.call_id AND c.status = 'reserved'
      WHERE b.org_id = l.org_id AND b.pass = 'observe' AND b.stream_id = l.stream_id)
    AND s.last_seq > l.cursor_seq
    AND (cast(:subject_id AS bigint) IS NULL
      OR (s.kind = 'subject' AND s.ref_id = cast(:subject_id AS bigint)))
  ORDER BY l.stream_id
  FOR UPDATE OF l SKIP LOCKED
)
UPDATE leases AS l
SET due_at = least(l.due_at, app_now()), until_seq = late.last_seq
FROM late
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = 'observe'
  AND l.stream_id = late.stream_id

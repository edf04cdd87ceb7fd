-- promote_rouse: makes the subjects due whose memories wait for promote and have their vectors; what somebody holds or is arming, or a batch is to answer, is left alone.
-- Index: leases_pkey, promote_queue_pkey, inbox_pkey, streams_ref_key, llm_batch_waits_stream_idx, llm_calls_pkey
-- Role: nrem_worker
WITH waiting AS (
  SELECT DISTINCT q.subject_id
  FROM promote_queue AS q
  WHERE q.org_id = cast(:org_id AS bigint)
    AND (cast(:subject_id AS bigint) IS NULL OR q.subject_id = cast(:subject_id AS bigint))
    AND NOT EXISTS (
      SELECT FROM inbox AS i
      WHERE i.org_id = q.org_id AND i.pass = 'embed' AND i.item_kind = 'memory' AND i.item_id = q.memory_id)
), late AS (
  SELECT l.stream_id
  FROM waiting AS w
  JOIN streams AS s ON s.org_id = cast(:org_id AS bigint) AND s.kind = 'subject' AND s.ref_id = w.subject_id
  JOIN leases AS l ON l.org_id = cast(:org_id AS bigint) AND l.pass = 'promote' AND l.stream_id = s.id
  WHERE l.state = 'active' AND l.due_at > app_now() AND l.lease_until IS NULL
    AND NOT EXISTS (
      SELECT FROM llm_batch_waits AS b
      JOIN llm_calls AS c ON c.org_id = b.org_id AND c.id = b.call_id AND c.status = 'reserved'
      WHERE b.org_id = l.org_id AND b.pass = 'promote' AND b.stream_id = l.stream_id)
  ORDER BY l.stream_id
  FOR UPDATE OF l SKIP LOCKED
)
UPDATE leases AS l
SET due_at = app_now()
FROM late
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = 'promote'
  AND l.stream_id = late.stream_id

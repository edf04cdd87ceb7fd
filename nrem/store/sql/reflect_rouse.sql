-- reflect_rouse: makes everybody due of whom something was noted since the last look; what somebody holds, or a batch is to answer, is left alone.
-- Index: observation_logs_pkey, streams_ref_key, leases_pkey, llm_batch_waits_stream_idx, llm_calls_pkey
-- Role: nrem_worker
INSERT INTO leases AS l (org_id, pass, stream_id, due_at)
SELECT g.org_id, 'reflect', s.id, app_now()
FROM observation_logs AS g
JOIN streams AS s ON s.org_id = g.org_id AND s.kind = 'subject' AND s.ref_id = g.subject_id
WHERE g.org_id = cast(:org_id AS bigint)
  AND (cast(:subject_id AS bigint) IS NULL OR g.subject_id = cast(:subject_id AS bigint))
  AND (g.last_ordinal > g.reflected_ordinal OR g.walked_to > 0)
  AND NOT EXISTS (
    SELECT FROM llm_batch_waits AS b
    JOIN llm_calls AS c ON c.org_id = b.org_id AND c.id = b.call_id AND c.status = 'reserved'
    WHERE b.org_id = s.org_id AND b.pass = 'reflect' AND b.stream_id = s.id)
ORDER BY s.id
ON CONFLICT (org_id, pass, stream_id) DO UPDATE
SET due_at = excluded.due_at
WHERE l.due_at > excluded.due_at
  AND l.lease_until IS NULL

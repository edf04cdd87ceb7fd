-- closure_fence: takes streams away from whoever holds them for a pass: what he proposes now comes too late, and his try does not count.
-- Index: leases_pkey
UPDATE leases AS l
SET fence = l.fence + 1, owner = NULL, lease_until = NULL,
    attempts = CASE WHEN l.lease_until IS NULL THEN l.attempts ELSE greatest(l.attempts - 1, 0) END
FROM (
  SELECT h.pass, h.stream_id
  FROM leases AS h
  WHERE h.org_id = cast(:org_id AS bigint)
    AND h.pass = ANY(cast(:passes AS text[]))
    AND h.stream_id = ANY(cast(:stream_ids AS bigint[]))
  ORDER BY h.pass, h.stream_id
  FOR UPDATE
) AS w
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = w.pass
  AND l.stream_id = w.stream_id

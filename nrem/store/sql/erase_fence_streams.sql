-- erase_fence_streams: takes every stream of those whom an erasure touches away from whoever holds it: what he proposes now comes too late.
-- Index: none (all streams of an erasure)
-- Role: nrem_worker
UPDATE leases AS l
SET fence = l.fence + 1, owner = NULL, lease_until = NULL,
    attempts = CASE WHEN l.lease_until IS NULL THEN l.attempts ELSE greatest(l.attempts - 1, 0) END
FROM (
  SELECT h.pass, h.stream_id
  FROM leases AS h
  WHERE h.org_id = cast(:org_id AS bigint)
    AND h.pass <> 'erase'
    AND h.stream_id IN (
      SELECT m.id
      FROM erasure_items AS i
      JOIN streams AS m ON m.org_id = i.org_id AND m.ref_id = i.item_id
        AND m.kind = CASE i.kind WHEN 'touched' THEN 'subject' WHEN 'shared' THEN 'session' ELSE i.kind END
      WHERE i.org_id = cast(:org_id AS bigint)
        AND i.erasure_id = cast(:erasure_id AS bigint)
        AND i.kind IN ('touched', 'session', 'shared', 'thread'))
  ORDER BY h.pass, h.stream_id
  FOR UPDATE
) AS w
WHERE l.org_id = cast(:org_id AS bigint)
  AND l.pass = w.pass
  AND l.stream_id = w.stream_id

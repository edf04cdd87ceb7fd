-- erase_hide: takes the memories that go out of everybody's sight, and keeps what they were.
-- Index: none (all memories of an erasure)
-- Role: nrem_worker
WITH l AS (
  SELECT m.id, m.state
  FROM erasure_items AS i
  JOIN memories AS m ON m.org_id = i.org_id AND m.id = i.item_id
  WHERE i.org_id = cast(:org_id AS bigint)
    AND i.erasure_id = cast(:erasure_id AS bigint)
    AND i.kind = 'memory'
  ORDER BY m.id
  FOR UPDATE OF m
), kept AS (
  UPDATE erasure_items AS i
  SET was = l.state
  FROM l
  WHERE i.org_id = cast(:org_id AS bigint)
    AND i.erasure_id = cast(:erasure_id AS bigint)
    AND i.kind = 'memory'
    AND i.item_id = l.id
)
UPDATE memories AS m
SET state = 'purged'
FROM l
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = l.id

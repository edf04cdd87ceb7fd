-- erase_show: brings memories back in sight, as an erasure was cancelled.
-- Index: erasure_items_pkey, memories_pkey
UPDATE memories AS m
SET state = i.was
FROM erasure_items AS i
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.erasure_id = cast(:erasure_id AS bigint)
  AND i.kind = 'memory'
  AND i.was IS NOT NULL
  AND m.org_id = i.org_id
  AND m.id = i.item_id

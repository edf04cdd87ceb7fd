-- erase_reach_said: notes the events behind the memory that an erasure names: they are emptied.
-- Index: erasure_items_pkey, derivations_pkey
-- Role: nrem_worker
INSERT INTO erasure_items (org_id, erasure_id, kind, item_id)
SELECT DISTINCT i.org_id, i.erasure_id, 'said', d.event_id
FROM erasure_items AS i
JOIN derivations AS d ON d.org_id = i.org_id AND d.child_kind = 'memory' AND d.child_id = i.item_id
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.erasure_id = cast(:erasure_id AS bigint)
  AND i.kind = 'memory'

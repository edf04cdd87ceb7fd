-- erase_unqueue: takes what goes off the queues of passes; who is at work on one of it changes nothing then.
-- Index: none (all items of an erasure)
-- Role: nrem_worker
DELETE FROM inbox AS x
USING erasure_items AS i
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.erasure_id = cast(:erasure_id AS bigint)
  AND i.kind = ANY(cast(:kinds AS text[]))
  AND x.org_id = i.org_id
  AND x.item_id = i.item_id
  AND x.item_kind = ANY(CASE WHEN i.kind = 'memory' THEN ARRAY['memory'] ELSE ARRAY['event', 'turn'] END)

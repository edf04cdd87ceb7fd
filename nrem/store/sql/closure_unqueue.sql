-- closure_unqueue: takes memories and events off the queues of passes; who is at work on one of them changes nothing then.
-- Index: inbox_pkey
DELETE FROM inbox AS i
USING (
  SELECT 'embed' AS pass, 'memory' AS kind, m.id FROM unnest(cast(:memory_ids AS bigint[])) AS m (id)
  UNION ALL
  SELECT k.pass, k.kind, e.id
  FROM unnest(cast(:event_ids AS bigint[])) AS e (id)
  CROSS JOIN (VALUES ('score', 'event'), ('embed', 'turn')) AS k (pass, kind)
) AS w
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.pass = w.pass
  AND i.item_kind = w.kind
  AND i.item_id = w.id

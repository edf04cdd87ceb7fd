-- erase_mentions: how many rows of others say the name of the target.
-- Index: none (every text of the org)
-- Role: nrem_worker
WITH i AS MATERIALIZED (
  SELECT x.kind, x.item_id
  FROM erasure_items AS x
  WHERE x.org_id = cast(:org_id AS bigint) AND x.erasure_id = cast(:erasure_id AS bigint)
)
SELECT 'memories' AS name, count(*) AS rows FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint) AND strpos(lower(m.content), lower(cast(:name AS text))) > 0
  AND m.id NOT IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')
UNION ALL
SELECT 'events', count(*) FROM events AS e
WHERE e.org_id = cast(:org_id AS bigint) AND strpos(lower(e.body ->> 'content'), lower(cast(:name AS text))) > 0
  AND e.id NOT IN (SELECT i.item_id FROM i WHERE i.kind IN ('event', 'said'))
UNION ALL
SELECT 'observations', count(*) FROM observations AS o
WHERE o.org_id = cast(:org_id AS bigint) AND strpos(lower(o.text), lower(cast(:name AS text))) > 0
  AND o.id NOT IN (SELECT i.item_id FROM i WHERE i.kind = 'observation')
UNION ALL
SELECT 'card_values', count(*) FROM card_values AS v
WHERE v.org_id = cast(:org_id AS bigint) AND strpos(lower(v.value), lower(cast(:name AS text))) > 0
  AND v.subject_id NOT IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')

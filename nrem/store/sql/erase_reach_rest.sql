-- erase_reach_rest: notes what else holds something of it: observations, what models were shown, previews, holds that were lifted; and whom a pass may be at work on.
-- Index: none (an erasure looks through the whole org)
-- Role: nrem_worker
WITH i AS MATERIALIZED (
  SELECT x.kind, x.item_id
  FROM erasure_items AS x
  WHERE x.org_id = cast(:org_id AS bigint) AND x.erasure_id = cast(:erasure_id AS bigint)
), touched AS (
  SELECT e.subject_id AS id
  FROM i
  JOIN events AS e ON e.org_id = cast(:org_id AS bigint) AND e.id = i.item_id
  WHERE i.kind IN ('event', 'said')
  UNION
  SELECT x.subject_id
  FROM i
  JOIN events AS e ON e.org_id = cast(:org_id AS bigint) AND e.id = i.item_id
  JOIN sessions AS x ON x.org_id = e.org_id AND x.id = e.session_id
  WHERE i.kind IN ('event', 'said')
  UNION
  SELECT m.subject_id
  FROM i
  JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = i.item_id
  WHERE i.kind = 'memory'
  UNION
  SELECT i.item_id FROM i WHERE i.kind = 'subject'
), w AS (
  SELECT 'touched' AS kind, t.id FROM touched AS t
  UNION
  SELECT 'observation', o.id
  FROM observations AS o
  WHERE o.org_id = cast(:org_id AS bigint)
    AND (o.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')
         OR o.id IN (
           SELECT d.child_id
           FROM i
           JOIN derivations AS d ON d.org_id = cast(:org_id AS bigint) AND d.event_id = i.item_id
           WHERE i.kind IN ('event', 'said') AND d.child_kind = 'observation'))
  UNION
  SELECT 'call', c.id
  FROM llm_calls AS c
  WHERE c.org_id = cast(:org_id AS bigint)
    AND (c.request IS NOT NULL OR c.reply IS NOT NULL)
    AND (c.subject_id IN (SELECT t.id FROM touched AS t) OR cast(:kind AS text) = 'org')
  UNION
  SELECT 'preview', p.id
  FROM previews AS p
  WHERE p.org_id = cast(:org_id AS bigint)
    AND (p.subject_id IS NULL OR p.subject_id IN (SELECT t.id FROM touched AS t))
  UNION
  SELECT 'hold', h.id
  FROM holds AS h
  JOIN i ON i.kind = h.kind AND i.item_id = h.ref_id
  WHERE h.org_id = cast(:org_id AS bigint)
    AND h.lifted_at IS NOT NULL
)
INSERT INTO erasure_items (org_id, erasure_id, kind, item_id)
SELECT cast(:org_id AS bigint), cast(:erasure_id AS bigint), w.kind, w.id
FROM w
ORDER BY w.kind, w.id

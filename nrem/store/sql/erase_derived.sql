-- erase_derived: the next memories besides, by number, that came from events that go: with every event behind each, those that its words were made of, and those that go.
-- Index: derivations_event_idx, derivations_pkey, memories_pkey, erasure_items_pkey
-- Role: nrem_worker
WITH i AS MATERIALIZED (
  SELECT x.item_id
  FROM erasure_items AS x
  WHERE x.org_id = cast(:org_id AS bigint) AND x.erasure_id = cast(:erasure_id AS bigint) AND x.kind IN ('event', 'said')
), w AS (
  SELECT DISTINCT o.child_id AS id
  FROM i
  JOIN derivations AS o ON o.org_id = cast(:org_id AS bigint) AND o.event_id = i.item_id AND o.child_kind = 'memory'
  WHERE o.child_id > cast(:after_id AS bigint)
    AND NOT EXISTS (
      SELECT FROM erasure_items AS k
      WHERE k.org_id = o.org_id AND k.erasure_id = cast(:erasure_id AS bigint) AND k.kind = 'memory' AND k.item_id = o.child_id)
  ORDER BY id
  LIMIT cast(:limit AS int)
)
SELECT m.id, m.subject_id, m.agent_id, m.user_id, m.session_id, m.type, m.tier, m.derived_by, m.true_until,
       is_held(m.org_id, m.agent_id, m.user_id, m.id) AS is_held,
       array_agg(d.event_id ORDER BY d.event_id) AS sources,
       array_agg(d.event_id ORDER BY d.event_id) FILTER (WHERE d.run_id IS NOT DISTINCT FROM m.run_id) AS rests_on,
       array_agg(d.event_id ORDER BY d.event_id) FILTER (WHERE d.event_id IN (SELECT i.item_id FROM i)) AS erased
FROM w
JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = w.id
JOIN derivations AS d ON d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
GROUP BY m.org_id, m.id
ORDER BY m.id

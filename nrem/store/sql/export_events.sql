-- export_events: the next events of a person and what became of them; the row of no table says how far that is.
-- Index: events_pkey, effects_pkey
WITH page AS (
  SELECT e.id
  FROM events AS e
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.subject_id = ANY(cast(:subject_ids AS bigint[]))
    AND e.id > cast(:after AS bigint)
  ORDER BY e.id
  LIMIT cast(:limit AS int)
)
SELECT NULL AS "table", to_jsonb((SELECT max(p.id) FROM page AS p)) AS "row"
UNION ALL
SELECT 'events', to_jsonb(t) FROM events AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.id IN (SELECT p.id FROM page AS p)
UNION ALL
SELECT 'effects', to_jsonb(t) FROM effects AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.event_id IN (SELECT p.id FROM page AS p)

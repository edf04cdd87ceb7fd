-- export_audit: of the next entries of the trail those about a person; the row of no table says how far that is.
-- Index: audit_pkey, memories_pkey
WITH page AS (
  SELECT e.*
  FROM audit AS e
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.id > cast(:after AS bigint)
  ORDER BY e.id
  LIMIT cast(:limit AS int)
)
SELECT NULL AS "table", to_jsonb((SELECT max(p.id) FROM page AS p)) AS "row"
UNION ALL
SELECT 'audit', to_jsonb(t) || jsonb_build_object('memory_ids', own.ids)
FROM page AS t
CROSS JOIN LATERAL (
  -- an entry may name memories of several people
  SELECT coalesce(array_agg(m.id ORDER BY m.id), '{}') AS ids
  FROM memories AS m
  WHERE m.org_id = t.org_id AND m.id = ANY(t.memory_ids || t.memory_id)
    AND m.subject_id = ANY(cast(:subject_ids AS bigint[]))
) AS own
WHERE t.user_id = cast(:user_id AS bigint) OR own.ids <> '{}'

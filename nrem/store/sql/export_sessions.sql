-- export_sessions: the next sessions of a person; the row of no table says how far that is.
-- Index: sessions_pkey
WITH page AS (
  SELECT s.id
  FROM sessions AS s
  WHERE s.org_id = cast(:org_id AS bigint)
    AND s.subject_id = ANY(cast(:subject_ids AS bigint[]))
    AND s.id > cast(:after AS bigint)
  ORDER BY s.id
  LIMIT cast(:limit AS int)
)
SELECT NULL AS "table", to_jsonb((SELECT max(p.id) FROM page AS p)) AS "row"
UNION ALL
SELECT 'sessions', to_jsonb(t) FROM sessions AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.id IN (SELECT p.id FROM page AS p)

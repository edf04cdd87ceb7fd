-- export_calls: the next calls of paid models about a person; the row of no table says how far that is.
-- Index: llm_calls_pkey
WITH page AS (
  SELECT c.id
  FROM llm_calls AS c
  WHERE c.org_id = cast(:org_id AS bigint)
    AND c.subject_id = ANY(cast(:subject_ids AS bigint[]))
    AND c.id > cast(:after AS bigint)
  ORDER BY c.id
  LIMIT cast(:limit AS int)
)
SELECT NULL AS "table", to_jsonb((SELECT max(p.id) FROM page AS p)) AS "row"
UNION ALL
SELECT 'llm_calls', to_jsonb(t) FROM llm_calls AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.id IN (SELECT p.id FROM page AS p)

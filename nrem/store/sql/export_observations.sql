-- export_observations: the next observations of a person and what they are made of; the row of no table says how far that is.
-- Index: observations_pkey, observation_parents_pkey, derivations_pkey
WITH page AS (
  SELECT o.id
  FROM observations AS o
  WHERE o.org_id = cast(:org_id AS bigint)
    AND o.subject_id = ANY(cast(:subject_ids AS bigint[]))
    AND o.id > cast(:after AS bigint)
  ORDER BY o.id
  LIMIT cast(:limit AS int)
)
SELECT NULL AS "table", to_jsonb((SELECT max(p.id) FROM page AS p)) AS "row"
UNION ALL
SELECT 'observations', to_jsonb(t) - 'vector' FROM observations AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.id IN (SELECT p.id FROM page AS p)
UNION ALL
SELECT 'observation_parents', to_jsonb(t) FROM observation_parents AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.observation_id IN (SELECT p.id FROM page AS p)
UNION ALL
SELECT 'derivations', to_jsonb(t) FROM derivations AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.child_kind = 'observation' AND t.child_id IN (SELECT p.id FROM page AS p)

-- vector_query: the vectors of a namespace nearest to one of the same length, those alone whose metadata contain the filter.
-- Index: vectors_pkey
SELECT n.external_id, n.metadata, n.cosine
FROM (
  SELECT v.external_id, v.metadata, v.updated_at,
         -- a vector of nothing points nowhere
         coalesce(1 - nullif(CASE WHEN vector_dims(v.vector) = vector_dims(cast(:vector AS vector))
                                  THEN v.vector <=> cast(:vector AS vector) END, 'NaN'), 0) AS cosine,
         vector_dims(v.vector) = vector_dims(cast(:vector AS vector)) AS is_comparable
  FROM vectors AS v
  WHERE v.org_id = cast(:org_id AS bigint)
    AND v.agent_id = cast(:agent_id AS bigint)
    AND v.namespace = cast(:namespace AS text)
    AND v.metadata @> cast(:filter AS jsonb)
) AS n
WHERE n.is_comparable
ORDER BY n.cosine DESC, n.updated_at DESC, n.external_id
LIMIT cast(:limit AS int)

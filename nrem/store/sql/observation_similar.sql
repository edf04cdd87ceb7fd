-- observation_similar: the active observations of a person that are nearest to each vector.
-- Index: observations_active_idx
-- Role: nrem_worker
SELECT DISTINCT n.ordinal, n.text, n.priority, n.trust, n.tokens, n.observation_date, n.referenced_date,
       n.referenced_from, cast(n.vector AS real[]) AS vector
FROM unnest(cast(:vectors AS text[])) AS w (vector)
CROSS JOIN LATERAL (
  SELECT o.ordinal, o.text, o.priority, o.trust, o.tokens, o.observation_date, o.referenced_date,
         o.referenced_from, o.vector
  FROM observations AS o
  WHERE o.org_id = cast(:org_id AS bigint)
    AND o.subject_id = cast(:subject_id AS bigint)
    AND o.archived_at IS NULL
    AND o.model = cast(:model AS text)
  ORDER BY o.vector <=> cast(w.vector AS halfvec(384)), o.ordinal
  LIMIT 10
) AS n
ORDER BY n.ordinal

-- reflect_sources: the original events behind observations.
-- Index: observations_ordinal_key, derivations_pkey
SELECT o.ordinal, array_agg(d.event_id ORDER BY d.event_id) AS events
FROM observations AS o
JOIN derivations AS d ON d.org_id = o.org_id AND d.child_kind = 'observation' AND d.child_id = o.id
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.subject_id = cast(:subject_id AS bigint)
  AND o.ordinal = ANY(cast(:ordinals AS int[]))
GROUP BY o.ordinal

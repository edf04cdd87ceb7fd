-- observation_list: observations of a person with what they rest on, in the order of their ordinals.
-- Index: observations_ordinal_key, derivations_pkey, observation_parents_pkey
SELECT o.id, o.ordinal, o.text, o.priority, o.trust, o.tokens, o.observation_date, o.referenced_date,
       o.referenced_from, o.created_at, o.archived_at, o.archived_reason, o.run_id, o.archived_by,
       src.event_ids, src.turn_ids, par.parents
FROM observations AS o
CROSS JOIN LATERAL (
  SELECT array_agg(e.id ORDER BY e.id) AS event_ids,
         array_agg(e.body ->> 'turn_id' ORDER BY e.id) AS turn_ids
  FROM derivations AS d
  JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id
  WHERE d.org_id = o.org_id AND d.child_kind = 'observation' AND d.child_id = o.id
) AS src
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(p.ordinal ORDER BY p.ordinal), '{}') AS parents
  FROM observation_parents AS r
  JOIN observations AS p ON p.org_id = r.org_id AND p.id = r.parent_id
  WHERE r.org_id = o.org_id AND r.observation_id = o.id
) AS par
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.subject_id = cast(:subject_id AS bigint)
  AND o.ordinal > cast(:after AS int)
  AND (cast(:is_active AS bool) IS NULL OR (o.archived_at IS NULL) = cast(:is_active AS bool))
  AND (cast(:observation_id AS bigint) IS NULL OR o.id = cast(:observation_id AS bigint))
ORDER BY o.ordinal
LIMIT cast(:limit AS int)

-- reflect_link: says which observations new ones were made from.
-- Index: observations_ordinal_key, observation_parents_pkey
INSERT INTO observation_parents (org_id, observation_id, parent_id)
SELECT p.org_id, w.child_id, p.id
FROM unnest(cast(:children AS bigint[]), cast(:ordinals AS int[])) AS w (child_id, ordinal)
JOIN observations AS p ON p.org_id = cast(:org_id AS bigint)
  AND p.subject_id = cast(:subject_id AS bigint) AND p.ordinal = w.ordinal
ORDER BY w.child_id, p.id

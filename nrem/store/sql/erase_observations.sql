-- erase_observations: deletes observations; answers the archived ones they were made from that stay.
-- Index: observations_pkey, observation_parents_pkey, observation_logs_pkey, derivations_pkey, erasure_items_pkey
-- Role: nrem_worker
WITH reached AS (
  SELECT w.id FROM unnest(cast(:observation_ids AS bigint[])) AS w (id)
), sources AS (
  DELETE FROM derivations AS d USING reached AS r
  WHERE d.org_id = cast(:org_id AS bigint) AND d.child_kind = 'observation' AND d.child_id = r.id
), gone AS (
  DELETE FROM observations AS o USING reached AS r
  WHERE o.org_id = cast(:org_id AS bigint) AND o.id = r.id
  RETURNING o.subject_id, CASE WHEN o.archived_at IS NULL THEN o.tokens ELSE 0 END AS tokens
), less AS (
  UPDATE observation_logs AS g
  SET tokens = g.tokens - s.tokens
  FROM (SELECT n.subject_id, sum(n.tokens) AS tokens FROM gone AS n GROUP BY n.subject_id) AS s
  WHERE g.org_id = cast(:org_id AS bigint) AND g.subject_id = s.subject_id
)
SELECT DISTINCT p.parent_id AS id
FROM observation_parents AS p
JOIN reached AS r ON r.id = p.observation_id
WHERE p.org_id = cast(:org_id AS bigint)
  AND NOT EXISTS (
    SELECT FROM erasure_items AS i
    WHERE i.org_id = p.org_id AND i.erasure_id = cast(:erasure_id AS bigint) AND i.kind = 'observation' AND i.item_id = p.parent_id)
ORDER BY p.parent_id

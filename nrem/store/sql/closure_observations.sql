-- closure_observations: deletes the observations that rest on events, also with others; answers the archived ones they were made from that rest on none of these.
-- Index: derivations_event_idx, observations_pkey, observation_parents_pkey, observation_logs_pkey
WITH reached AS (
  SELECT DISTINCT d.child_id AS id
  FROM derivations AS d
  WHERE d.org_id = cast(:org_id AS bigint)
    AND d.child_kind = 'observation'
    AND d.event_id = ANY(cast(:event_ids AS bigint[]))
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
  AND NOT EXISTS (SELECT FROM reached AS o WHERE o.id = p.parent_id)
ORDER BY p.parent_id

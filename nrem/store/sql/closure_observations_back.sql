-- closure_observations_back: makes archived observations active again, one of each content and none whose content is active.
-- Index: observations_pkey, observations_active_key
WITH chosen AS (
  SELECT DISTINCT ON (o.subject_id, o.content_hash) o.id
  FROM observations AS o
  WHERE o.org_id = cast(:org_id AS bigint)
    AND o.id = ANY(cast(:observation_ids AS bigint[]))
    AND o.archived_reason IN ('merged', 'replaced')
    AND NOT EXISTS (
      SELECT FROM observations AS a
      WHERE a.org_id = o.org_id AND a.subject_id = o.subject_id AND a.content_hash = o.content_hash
        AND a.archived_at IS NULL)
  ORDER BY o.subject_id, o.content_hash, o.id
), back AS (
  UPDATE observations AS o
  SET archived_at = NULL, archived_reason = NULL, archived_by = NULL
  FROM chosen AS c
  WHERE o.org_id = cast(:org_id AS bigint) AND o.id = c.id
  RETURNING o.subject_id, o.tokens
)
UPDATE observation_logs AS g
SET tokens = g.tokens + s.tokens
FROM (SELECT b.subject_id, sum(b.tokens) AS tokens FROM back AS b GROUP BY b.subject_id) AS s
WHERE g.org_id = cast(:org_id AS bigint)
  AND g.subject_id = s.subject_id

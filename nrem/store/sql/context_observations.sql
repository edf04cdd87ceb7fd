-- context_observations: the active observations of a person, dates in Unix seconds; the newest 5000 at most.
-- Index: observations_active_idx
SELECT n.ordinal, n.text, n.priority,
       cast(date_part('epoch', n.observation_date) AS float8) AS observation_date,
       cast(date_part('epoch', n.referenced_date) AS float8) AS referenced_date
FROM (
  SELECT o.ordinal, o.text, o.priority, o.observation_date, o.referenced_date
  FROM observations AS o
  WHERE o.org_id = cast(:org_id AS bigint)
    AND o.subject_id = cast(:subject_id AS bigint)
    AND o.archived_at IS NULL
  ORDER BY o.ordinal DESC
  LIMIT 5000
) AS n
ORDER BY coalesce(n.referenced_date, n.observation_date), n.ordinal

-- context_past: the observations of a person that were active then, dates in Unix seconds; the newest 5000 at most.
-- Index: observations_ordinal_key
SELECT n.ordinal, n.text, n.priority,
       cast(date_part('epoch', n.observation_date) AS float8) AS observation_date,
       cast(date_part('epoch', n.referenced_date) AS float8) AS referenced_date
FROM (
  SELECT o.ordinal, o.text, o.priority, o.observation_date, o.referenced_date
  FROM observations AS o
  WHERE o.org_id = cast(:org_id AS bigint)
    AND o.subject_id = cast(:subject_id AS bigint)
    AND o.created_at <= cast(:as_of AS timestamptz)
    AND (o.archived_at IS NULL OR o.archived_at > cast(:as_of AS timestamptz))
    AND NOT o.absences @> cast(:as_of AS timestamptz)
  ORDER BY o.ordinal DESC
  LIMIT 5000
) AS n
ORDER BY coalesce(n.referenced_date, n.observation_date), n.ordinal

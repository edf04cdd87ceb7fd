-- reflect_batch: active observations behind the walk, as many as fit into the tokens, two at least.
-- Index: observations_active_idx
-- Role: nrem_worker
SELECT b.ordinal, b.text, b.priority, b.trust, b.tokens, b.observation_date, b.referenced_date,
       b.referenced_from, b.active, b.behind - b.place AS behind,
       CASE WHEN b.model = cast(:model AS text) THEN cast(b.vector AS real[]) END AS vector
FROM (
  SELECT o.*,
         sum(o.tokens) OVER (ORDER BY o.ordinal) AS total,
         row_number() OVER (ORDER BY o.ordinal) AS place,
         count(*) OVER () AS behind,
         (SELECT count(*) FROM observations AS a
          WHERE a.org_id = cast(:org_id AS bigint) AND a.subject_id = cast(:subject_id AS bigint)
            AND a.archived_at IS NULL) AS active
  FROM observations AS o
  WHERE o.org_id = cast(:org_id AS bigint)
    AND o.subject_id = cast(:subject_id AS bigint)
    AND o.archived_at IS NULL
    AND o.ordinal > cast(:after AS int)
) AS b
WHERE b.total <= cast(:tokens AS bigint) OR b.place <= 2
ORDER BY b.ordinal

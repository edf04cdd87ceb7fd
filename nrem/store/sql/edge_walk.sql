-- edge_walk: one step of a walk, now or over the edges that stood at an instant: to which memories the strongest edges of others bring more than came to them before, most first.
-- Index: edges_source_idx, edges_target_idx, memories_pkey, redues_pkey
WITH step AS MATERIALIZED (
  SELECT f.id AS from_id, e.to_id, e.id, e.source_id, e.target_id, e.kind, e.weight, e.is_doubtful,
         f.passed * e.weight * cast(:decay AS float8) AS passed
  FROM unnest(cast(:from_ids AS bigint[]), cast(:from_passed AS float8[])) AS f (id, passed)
  CROSS JOIN LATERAL (
    SELECT x.id, x.to_id, x.source_id, x.target_id, x.kind, x.weight,
           -- who was live at an instant is for the reader to see; else time may have taken it out of
           -- recall, or due times do not follow the newest policy yet
           cast(:as_of AS timestamptz) IS NOT NULL OR m.due_at <= (SELECT app_now()) OR EXISTS (
             SELECT FROM redues AS r WHERE r.org_id = cast(:org_id AS bigint)) AS is_doubtful
    FROM (
      (SELECT o.id, o.target_id AS to_id, o.source_id, o.target_id, o.kind, o.weight
       FROM edges AS o
       WHERE o.org_id = cast(:org_id AS bigint)
         AND o.source_id = f.id
         AND (cast(:as_of AS timestamptz) IS NULL OR o.valid_from <= cast(:as_of AS timestamptz))
         AND (o.valid_to IS NULL OR o.valid_to > cast(:as_of AS timestamptz))
       ORDER BY o.weight DESC, o.id
       LIMIT cast(:looked_at AS int))
      UNION ALL
      (SELECT i.id, i.source_id AS to_id, i.source_id, i.target_id, i.kind, i.weight
       FROM edges AS i
       WHERE i.org_id = cast(:org_id AS bigint)
         AND i.target_id = f.id
         AND i.kind = ANY(cast(:both_ways AS text[]))
         AND (cast(:as_of AS timestamptz) IS NULL OR i.valid_from <= cast(:as_of AS timestamptz))
         AND (i.valid_to IS NULL OR i.valid_to > cast(:as_of AS timestamptz))
       ORDER BY i.weight DESC, i.id
       LIMIT cast(:looked_at AS int))
    ) AS x
    JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = x.to_id
    WHERE f.passed * x.weight * cast(:decay AS float8) >= cast(:floor AS float8)
      AND x.weight > 0
      AND m.agent_id = cast(:agent_id AS bigint)
      AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
      AND CASE
            WHEN cast(:as_of AS timestamptz) IS NOT NULL
              THEN m.state <> 'purged' AND m.recorded_at <= cast(:as_of AS timestamptz)
            ELSE m.state = 'live'
              AND (m.expires_at IS NULL OR m.expires_at > app_now())
              AND (m.true_until IS NULL OR m.true_until > coalesce(cast(:true_at AS timestamptz), app_now()))
              AND (cast(:true_at AS timestamptz) IS NULL OR m.occurred_at <= cast(:true_at AS timestamptz))
          END
    ORDER BY x.weight DESC, x.id
    LIMIT cast(:fan_out AS int)
  ) AS e
), best AS (
  SELECT DISTINCT ON (s.to_id)
         s.from_id, s.to_id, s.id, s.source_id, s.target_id, s.kind, s.weight, s.is_doubtful, s.passed
  FROM step AS s
  LEFT JOIN unnest(cast(:known_ids AS bigint[]), cast(:known_passed AS float8[])) AS k (id, passed) ON k.id = s.to_id
  WHERE k.passed IS NULL OR k.passed < s.passed
  ORDER BY s.to_id, s.passed DESC, s.id
)
SELECT b.from_id, b.to_id, b.source_id, b.target_id, b.kind, b.weight, b.is_doubtful
FROM best AS b
ORDER BY b.passed DESC, b.to_id
LIMIT cast(:limit AS int)

-- forget_reach: the memories of an agent, or of one user of it, that edges drawn by callers lead to from others, in either direction and over any number of steps.
-- Index: edges_source_idx, edges_target_idx, memories_pkey
WITH RECURSIVE reached AS (
  SELECT w.id FROM unnest(cast(:memory_ids AS bigint[])) AS w (id)
  UNION
  SELECT m.id
  FROM reached AS r
  CROSS JOIN LATERAL (
    SELECT o.target_id AS id
    FROM edges AS o
    WHERE o.org_id = cast(:org_id AS bigint) AND o.source_id = r.id
      AND o.drawn_by IS NULL AND o.valid_to IS NULL
    UNION ALL
    SELECT i.source_id
    FROM edges AS i
    WHERE i.org_id = cast(:org_id AS bigint) AND i.target_id = r.id
      AND i.drawn_by IS NULL AND i.valid_to IS NULL
  ) AS n
  JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = n.id
  WHERE m.agent_id = cast(:agent_id AS bigint)
    AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
    AND m.state <> 'purged'
)
SELECT r.id
FROM reached AS r
LIMIT cast(:limit AS int)

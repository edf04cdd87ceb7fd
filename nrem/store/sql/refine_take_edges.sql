-- refine_take_edges: draws the ties of merged memories anew from those that stay; ties among themselves end with them.
-- Index: edges_source_idx, edges_target_idx, edges_standing_key
-- Role: nrem_worker
WITH w AS (
  SELECT g.kept_id, g.dropped_id
  FROM unnest(cast(:kept_ids AS bigint[]), cast(:dropped_ids AS bigint[])) AS g (kept_id, dropped_id)
), tied AS (
  SELECT e.source_id, e.target_id, e.kind, e.weight, e.metadata, e.drawn_by
  FROM edges AS e
  JOIN w ON w.dropped_id = e.source_id
  WHERE e.org_id = cast(:org_id AS bigint) AND e.valid_to IS NULL AND e.kind = ANY(cast(:kinds AS text[]))
  UNION
  SELECT e.source_id, e.target_id, e.kind, e.weight, e.metadata, e.drawn_by
  FROM edges AS e
  JOIN w ON w.dropped_id = e.target_id
  WHERE e.org_id = cast(:org_id AS bigint) AND e.valid_to IS NULL AND e.kind = ANY(cast(:kinds AS text[]))
), moved AS (
  SELECT DISTINCT ON (coalesce(s.kept_id, t.source_id), t.kind, coalesce(o.kept_id, t.target_id))
         coalesce(s.kept_id, t.source_id) AS source_id, coalesce(o.kept_id, t.target_id) AS target_id,
         t.kind, t.weight, t.metadata, t.drawn_by
  FROM tied AS t
  LEFT JOIN w AS s ON s.dropped_id = t.source_id
  LEFT JOIN w AS o ON o.dropped_id = t.target_id
  ORDER BY coalesce(s.kept_id, t.source_id), t.kind, coalesce(o.kept_id, t.target_id), t.weight DESC
)
INSERT INTO edges (org_id, source_id, target_id, kind, weight, metadata, drawn_by, run_id, valid_from)
SELECT cast(:org_id AS bigint), v.source_id, v.target_id, v.kind, v.weight, v.metadata, v.drawn_by,
       cast(:run_id AS bigint), app_now()
FROM moved AS v
WHERE v.source_id <> v.target_id
ON CONFLICT (org_id, source_id, kind, target_id) WHERE valid_to IS NULL DO NOTHING

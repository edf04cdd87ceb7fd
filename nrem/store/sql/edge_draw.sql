-- edge_draw: draws edges that stand from now on; one that stands already stays as it is.
-- Index: edges_standing_key
INSERT INTO edges (org_id, source_id, target_id, kind, weight, metadata, drawn_by, run_id, valid_from)
SELECT cast(:org_id AS bigint), w.source_id, w.target_id, w.kind, w.weight, w.metadata, cast(:drawn_by AS text),
       cast(:run_id AS bigint), app_now()
FROM unnest(
  cast(:source_ids AS bigint[]), cast(:target_ids AS bigint[]), cast(:kinds AS text[]),
  cast(:weights AS float8[]), cast(:metadata AS jsonb[])
) AS w (source_id, target_id, kind, weight, metadata)
ORDER BY w.source_id, w.kind, w.target_id
ON CONFLICT (org_id, source_id, kind, target_id) WHERE valid_to IS NULL DO NOTHING
RETURNING id

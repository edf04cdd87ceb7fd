-- refine_prune: ends ties of memories of which one end is forgotten or purged.
-- Index: edges_source_idx, edges_target_idx, memories_pkey
-- Role: nrem_worker
WITH loose AS (
  SELECT e.id
  FROM edges AS e
  JOIN memories AS m ON m.org_id = e.org_id AND m.id IN (e.source_id, e.target_id)
  WHERE e.org_id = cast(:org_id AS bigint)
    AND (e.source_id = ANY(cast(:memory_ids AS bigint[])) OR e.target_id = ANY(cast(:memory_ids AS bigint[])))
    AND e.valid_to IS NULL
    AND e.kind = ANY(cast(:kinds AS text[]))
    AND m.state IN ('forgotten', 'purged')
)
UPDATE edges AS e
SET valid_to = greatest(app_now(), e.valid_from + interval '1 microsecond')
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id IN (SELECT l.id FROM loose AS l)
  AND e.valid_to IS NULL

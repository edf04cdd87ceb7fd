-- edge_read: an edge of a memory by its number.
-- Index: edges_pkey
SELECT e.id, e.source_id, e.target_id, e.kind, e.weight, e.metadata, e.drawn_by, e.run_id, e.valid_from, e.valid_to
FROM edges AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = cast(:edge_id AS bigint)
  AND cast(:memory_id AS bigint) IN (e.source_id, e.target_id)

-- edge_find: the edge of a kind from one memory to another: the one that stands, else the newest.
-- Index: edges_source_idx
SELECT e.id, e.source_id, e.target_id, e.kind, e.weight, e.metadata, e.drawn_by, e.run_id, e.valid_from, e.valid_to
FROM edges AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.source_id = cast(:source_id AS bigint)
  AND e.target_id = cast(:target_id AS bigint)
  AND e.kind = cast(:kind AS text)
ORDER BY e.valid_to IS NULL DESC, e.id DESC
LIMIT 1

-- edge_list: edges of a memory after a cursor, oldest first: those that stand, or that stood at an instant.
-- Index: edges_source_idx, edges_target_idx, memories_pkey
SELECT e.id, e.source_id, e.target_id, e.kind, e.weight, e.metadata, e.drawn_by, e.run_id, e.valid_from, e.valid_to
FROM (
  SELECT o.*, o.target_id AS other_id
  FROM edges AS o
  WHERE cast(:is_outgoing AS bool)
    AND o.org_id = cast(:org_id AS bigint)
    AND o.source_id = cast(:memory_id AS bigint)
  UNION ALL
  SELECT i.*, i.source_id AS other_id
  FROM edges AS i
  WHERE cast(:is_incoming AS bool)
    AND i.org_id = cast(:org_id AS bigint)
    AND i.target_id = cast(:memory_id AS bigint)
) AS e
JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = e.other_id
WHERE e.id > cast(:after_id AS bigint)
  AND m.state <> 'purged'
  AND (cast(:kind AS text) IS NULL OR e.kind = cast(:kind AS text))
  AND CASE
        WHEN cast(:as_of AS timestamptz) IS NULL THEN e.valid_to IS NULL
        ELSE e.valid_from <= cast(:as_of AS timestamptz)
             AND (e.valid_to IS NULL OR e.valid_to > cast(:as_of AS timestamptz))
      END
ORDER BY e.id
LIMIT cast(:limit AS int)

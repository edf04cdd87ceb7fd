-- hold_find: holds of the org, standing or lifted, oldest first, with the callers' ids behind the numbers.
-- Index: holds_pkey
SELECT h.id, h.kind, h.ref_id, h.reference, h.placed_at, h.lifted_at,
       coalesce(a.external_id, u.external_id) AS name
FROM holds AS h
LEFT JOIN agents AS a ON h.kind = 'agent' AND a.org_id = h.org_id AND a.id = h.ref_id
LEFT JOIN users AS u ON h.kind = 'user' AND u.org_id = h.org_id AND u.id = h.ref_id
WHERE h.org_id = cast(:org_id AS bigint)
  AND h.id > cast(:after_id AS bigint)
  AND (cast(:id AS bigint) IS NULL OR h.id = cast(:id AS bigint))
  AND (cast(:standing AS bool) IS NULL OR (h.lifted_at IS NULL) = cast(:standing AS bool))
ORDER BY h.id
LIMIT cast(:limit AS int)

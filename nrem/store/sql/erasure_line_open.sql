-- erasure_line_open: the erasure of a target that is under way.
-- Index: erasures_pkey
SELECT e.id
FROM erasures AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.kind = cast(:kind AS text)
  AND e.target_hash = cast(:target_hash AS bytea)
  AND e.state NOT IN ('certified', 'cancelled')

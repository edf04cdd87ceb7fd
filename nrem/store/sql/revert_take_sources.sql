-- revert_take_sources: takes out the sources that a run gave locked memories, where others remain.
-- Index: derivations_pkey
DELETE FROM derivations AS d
WHERE d.org_id = cast(:org_id AS bigint)
  AND d.child_kind = 'memory'
  AND d.child_id = ANY(cast(:memory_ids AS bigint[]))
  AND d.run_id = cast(:run_id AS bigint)
  AND EXISTS (
    SELECT FROM derivations AS o
    WHERE o.org_id = d.org_id AND o.child_kind = d.child_kind AND o.child_id = d.child_id
      AND o.run_id IS DISTINCT FROM d.run_id)

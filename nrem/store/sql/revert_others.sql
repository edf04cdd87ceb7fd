-- revert_others: what other runs did to memories that a run changed.
-- Index: run_changes_memory_idx, runs_pkey
SELECT c.run_id, r.reverted_at IS NOT NULL AS is_reverted, c.memory_id, c.what, c.version_before, c.version_after,
       c.before, c.after
FROM run_changes AS c
JOIN runs AS r ON r.org_id = c.org_id AND r.id = c.run_id
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.memory_id = ANY(cast(:memory_ids AS bigint[]))
  AND c.run_id <> cast(:run_id AS bigint)
ORDER BY c.memory_id, c.run_id, c.what

-- revert_dependents: the runs, not undone themselves, that built on memories that a run made.
-- Index: run_changes_pkey, run_changes_memory_idx, edges_source_idx, edges_target_idx, runs_pkey
WITH made AS (
  SELECT c.memory_id
  FROM run_changes AS c
  WHERE c.org_id = cast(:org_id AS bigint)
    AND c.run_id = cast(:run_id AS bigint)
    AND c.what = 'created'
), builder AS (
  SELECT c.run_id
  FROM made
  JOIN run_changes AS c ON c.org_id = cast(:org_id AS bigint) AND c.memory_id = made.memory_id
  WHERE c.what NOT IN ('created', 'reverted')
  UNION
  SELECT e.run_id
  FROM made
  JOIN edges AS e ON e.org_id = cast(:org_id AS bigint) AND e.source_id = made.memory_id
  WHERE e.kind IN ('supports', 'contradicts', 'supersedes')
  UNION
  SELECT e.run_id
  FROM made
  JOIN edges AS e ON e.org_id = cast(:org_id AS bigint) AND e.target_id = made.memory_id
  WHERE e.kind IN ('derived_from', 'contradicts', 'supersedes')
)
SELECT r.id
FROM builder AS b
JOIN runs AS r ON r.org_id = cast(:org_id AS bigint) AND r.id = b.run_id
WHERE r.id <> cast(:run_id AS bigint)
  AND r.reverted_at IS NULL
ORDER BY r.id

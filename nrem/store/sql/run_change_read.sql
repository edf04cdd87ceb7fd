-- run_change_read: what a run did to memories.
-- Index: run_changes_pkey
SELECT c.memory_id, c.what, c.version_before, c.version_after, c.before, c.after
FROM run_changes AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.run_id = cast(:run_id AS bigint)
ORDER BY c.memory_id, c.what

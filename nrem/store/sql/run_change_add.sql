-- run_change_add: writes down what a run does to memories.
-- Index: run_changes_pkey
INSERT INTO run_changes (org_id, run_id, memory_id, what, version_before, version_after, before, after)
SELECT cast(:org_id AS bigint), cast(:run_id AS bigint), w.memory_id, w.what, nullif(w.version_before, 0),
       w.version_after, w.before, w.after
FROM unnest(
  cast(:memory_ids AS bigint[]), cast(:whats AS text[]), cast(:versions_before AS int[]),
  cast(:versions_after AS int[]), cast(:befores AS jsonb[]), cast(:afters AS jsonb[])
) AS w (memory_id, what, version_before, version_after, before, after)
ORDER BY w.memory_id, w.what

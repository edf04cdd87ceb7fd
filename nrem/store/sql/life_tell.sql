-- life_tell: writes changes of state and tier into the history of their memories.
-- Index: crossings_pkey
INSERT INTO crossings (org_id, memory_id, kind, before, after, at, reason, run_id)
SELECT cast(:org_id AS bigint), w.memory_id, w.kind, w.before, w.after, w.at, w.reason, cast(:run_id AS bigint)
FROM unnest(
  cast(:memory_ids AS bigint[]), cast(:kinds AS text[]), cast(:befores AS text[]), cast(:afters AS text[]),
  cast(:instants AS timestamptz[]), cast(:reasons AS text[])
) AS w (memory_id, kind, before, after, at, reason)

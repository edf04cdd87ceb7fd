-- decay_set_aside: takes memories that cannot be judged out of the claims of decay.
-- Index: memories_pkey
-- Role: nrem_worker
UPDATE memories AS m
SET due_at = 'infinity'
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))

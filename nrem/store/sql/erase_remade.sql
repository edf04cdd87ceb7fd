-- erase_remade: takes what was made anew off the list.
-- Index: erasure_remakes_pkey
-- Role: nrem_worker
DELETE FROM erasure_remakes AS r
WHERE r.org_id = cast(:org_id AS bigint)
  AND r.erasure_id = cast(:erasure_id AS bigint)
  AND r.memory_id = ANY(cast(:memory_ids AS bigint[]))

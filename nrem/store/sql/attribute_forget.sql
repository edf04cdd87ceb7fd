-- attribute_forget: takes out which attributes memories were known to state.
-- Index: attributes_memory_idx
-- Role: nrem_worker
DELETE FROM attributes AS a
WHERE a.org_id = cast(:org_id AS bigint)
  AND a.memory_id = ANY(cast(:memory_ids AS bigint[]))

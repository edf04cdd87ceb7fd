-- expire_delete_old: deletes uses, runs and paid calls by their numbers.
-- Index: accesses_pkey, runs_pkey, llm_calls_pkey
-- Role: nrem_worker
WITH gone AS (
  DELETE FROM accesses AS x
  WHERE x.org_id = cast(:org_id AS bigint)
    AND x.id = ANY(cast(:access_ids AS bigint[]))
), called AS (
  DELETE FROM llm_calls AS c
  WHERE c.org_id = cast(:org_id AS bigint)
    AND c.id = ANY(cast(:call_ids AS bigint[]))
)
DELETE FROM runs AS r
WHERE r.org_id = cast(:org_id AS bigint)
  AND r.id = ANY(cast(:run_ids AS bigint[]))

-- life_fold: marks uses as counted.
-- Index: accesses_pkey
UPDATE accesses AS x
SET folded_at = app_now()
WHERE x.org_id = cast(:org_id AS bigint)
  AND x.id = ANY(cast(:access_ids AS bigint[]))

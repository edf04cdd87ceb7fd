-- park_resolve: closes a parked item as replayed or dropped.
-- Index: parked_pkey
-- Role: nrem_worker
UPDATE parked AS p
SET resolved_at = clock_timestamp(), resolution = cast(:resolution AS text)
WHERE p.org_id = cast(:org_id AS bigint)
  AND p.id = cast(:id AS bigint)
  AND p.resolved_at IS NULL

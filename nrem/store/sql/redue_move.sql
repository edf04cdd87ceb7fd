-- redue_move: says how far the walk over the org's memories has come.
-- Index: redues_pkey
-- Role: nrem_worker
UPDATE redues AS r
SET after_id = cast(:after_id AS bigint)
WHERE r.org_id = cast(:org_id AS bigint)

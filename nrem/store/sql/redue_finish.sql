-- redue_finish: ends the walk over the org's memories.
-- Index: redues_pkey
-- Role: nrem_worker
DELETE FROM redues AS r
WHERE r.org_id = cast(:org_id AS bigint)

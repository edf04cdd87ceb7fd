-- redue_read: how far the walk over the org's memories has come; no row when there is none.
-- Index: redues_pkey
-- Role: nrem_worker
SELECT r.after_id
FROM redues AS r
WHERE r.org_id = cast(:org_id AS bigint)

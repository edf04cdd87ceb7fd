-- seal_find: the seal at a place of a chain.
-- Index: seals_pkey
-- Role: nrem_worker
SELECT s.hash
FROM seals AS s
WHERE s.org_id = cast(:org_id AS bigint) AND s.place = cast(:place AS bigint)

-- seal_walk: the next seals of a chain, in the order of their places.
-- Index: seals_pkey
-- Role: nrem_worker
SELECT s.place, s.audit_id, s.hash, s.sealed_at
FROM seals AS s
WHERE s.org_id = cast(:org_id AS bigint) AND s.place > cast(:after AS bigint)
ORDER BY s.place
LIMIT cast(:limit AS int)

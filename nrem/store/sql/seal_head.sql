-- seal_head: the end of an org's chain.
-- Index: seals_pkey
-- Role: nrem_worker
SELECT s.place, s.audit_id, s.hash, s.sealed_at
FROM seals AS s
WHERE s.org_id = cast(:org_id AS bigint)
ORDER BY s.place DESC
LIMIT 1

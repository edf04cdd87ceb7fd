-- org_name: what the caller's org is called.
-- Index: orgs_pkey
SELECT o.name
FROM orgs AS o
WHERE o.id = cast(:org_id AS bigint)

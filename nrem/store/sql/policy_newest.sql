-- policy_newest: the org's policy in force, if it ever set one.
-- Index: policies_pkey
SELECT p.version, p.body
FROM policies AS p
WHERE p.org_id = cast(:org_id AS bigint)
ORDER BY p.version DESC
LIMIT 1

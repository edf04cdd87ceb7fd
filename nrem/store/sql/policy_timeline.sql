-- policy_timeline: every version of the org's policy, in the order in which they came into force.
-- Index: policies_pkey
SELECT p.version, p.created_at, cast(p.body AS text) AS body
FROM policies AS p
WHERE p.org_id = cast(:org_id AS bigint)
ORDER BY p.version

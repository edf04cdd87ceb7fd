-- policy_history: versions of the org's policy, the newest first.
-- Index: policies_pkey
SELECT p.version, p.created_at, cast(p.body AS text) AS body, p.rolled_back_to
FROM policies AS p
WHERE p.org_id = cast(:org_id AS bigint)
  AND p.version < cast(:before AS bigint)
ORDER BY p.version DESC
LIMIT cast(:limit AS int)

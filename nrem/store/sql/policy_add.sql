-- policy_add: stores the org's next policy version, which is in force from now on.
-- Index: policies_pkey
INSERT INTO policies (org_id, version, body, created_at, rolled_back_to)
SELECT cast(:org_id AS bigint), coalesce(max(p.version), 0) + 1, cast(:body AS jsonb), app_now(), cast(:rolled_back_to AS int)
FROM policies AS p
WHERE p.org_id = cast(:org_id AS bigint)
RETURNING version

-- policy_add: stores a version of the org's policy, in force from its instant on.
-- Index: policies_pkey
INSERT INTO policies (org_id, version, body, created_at, rolled_back_to)
VALUES (
  cast(:org_id AS bigint), cast(:version AS int), cast(:body AS jsonb), cast(:in_force_since AS timestamptz),
  cast(:rolled_back_to AS int))

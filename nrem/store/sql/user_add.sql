-- user_add: enters users into the directory; one that exists stays as it is.
-- Index: users_external_key
INSERT INTO users (org_id, external_id)
SELECT cast(:org_id AS bigint), n.name
FROM unnest(cast(:names AS text[])) AS n (name)
ORDER BY n.name
ON CONFLICT (org_id, external_id) DO NOTHING

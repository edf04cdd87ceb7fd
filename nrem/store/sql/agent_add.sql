-- agent_add: enters agents into the directory; one that exists stays as it is.
-- Index: agents_external_key
INSERT INTO agents (org_id, external_id)
SELECT cast(:org_id AS bigint), n.name
FROM unnest(cast(:names AS text[])) AS n (name)
ORDER BY n.name
ON CONFLICT (org_id, external_id) DO NOTHING

-- carried_mark: marks things as carried over; answers those that were not marked before.
-- Index: carried_pkey
INSERT INTO carried (org_id, key)
SELECT cast(:org_id AS bigint), k.key
FROM unnest(cast(:keys AS bytea[])) AS k (key)
ORDER BY k.key
ON CONFLICT (org_id, key) DO NOTHING
RETURNING key

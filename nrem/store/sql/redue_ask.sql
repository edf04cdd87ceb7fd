-- redue_ask: lets the pass redue walk over all memories of the org, from the first one on.
-- Index: redues_pkey
INSERT INTO redues (org_id, after_id)
VALUES (cast(:org_id AS bigint), 0)
ON CONFLICT (org_id) DO UPDATE
SET after_id = 0

-- card_schema_write: sets the schema of an agent's cards; one that is the same stays at its version.
-- Index: card_schemas_pkey
INSERT INTO card_schemas AS c (org_id, agent_id, body, set_at)
VALUES (cast(:org_id AS bigint), cast(:agent_id AS bigint), cast(:body AS jsonb), app_now())
ON CONFLICT (org_id, agent_id) DO UPDATE
SET version = c.version + CASE WHEN c.body = excluded.body THEN 0 ELSE 1 END,
    set_at = CASE WHEN c.body = excluded.body THEN c.set_at ELSE excluded.set_at END,
    body = excluded.body
RETURNING c.version, c.set_at

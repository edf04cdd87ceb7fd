-- card_schema_read: the schema of an agent's cards.
-- Index: card_schemas_pkey
SELECT c.version, c.body, c.set_at
FROM card_schemas AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.agent_id = cast(:agent_id AS bigint)

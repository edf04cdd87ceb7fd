-- conversation_add: opens a conversation; no row when its key was sent before.
-- Index: conversations_idem_key
INSERT INTO conversations (
  org_id, agent_id, user_id, title, metadata, summary_cadence, idem_key, body_hash, created_at, updated_at)
VALUES (
  cast(:org_id AS bigint), cast(:agent_id AS bigint), cast(:user_id AS bigint), cast(:title AS text),
  cast(:metadata AS jsonb), cast(:summary_cadence AS int), cast(:idem_key AS bytea), cast(:body_hash AS bytea),
  app_now(), app_now())
ON CONFLICT (org_id, idem_key) DO NOTHING
RETURNING id

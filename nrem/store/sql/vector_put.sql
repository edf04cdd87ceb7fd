-- vector_put: stores a vector under its name, in place of an older one.
-- Index: vectors_pkey
INSERT INTO vectors (org_id, agent_id, namespace, external_id, user_id, vector, metadata, updated_at)
VALUES (
  cast(:org_id AS bigint), cast(:agent_id AS bigint), cast(:namespace AS text), cast(:external_id AS text),
  cast(:user_id AS bigint), cast(:vector AS vector), cast(:metadata AS jsonb), app_now())
ON CONFLICT (org_id, agent_id, namespace, external_id) DO UPDATE
SET user_id = excluded.user_id, vector = excluded.vector, metadata = excluded.metadata, updated_at = excluded.updated_at

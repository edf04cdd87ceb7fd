-- audit_add: adds entries to the trail, in the transaction of what they tell about, to be sealed soon.
-- Index: audit_pkey
WITH added AS (
  INSERT INTO audit (
    org_id, operation, at, key_row_id, run_id, agent_id, user_id, memory_id, memory_type, memory_ids, address, details)
  SELECT cast(:org_id AS bigint), e.operation, app_now(), e.key_row_id, e.run_id, e.agent_id, e.user_id, e.memory_id,
    e.memory_type,
    coalesce((SELECT array_agg(cast(g.number AS bigint)) FROM jsonb_array_elements_text(e.memory_ids) AS g (number)), '{}'),
    cast(e.address AS inet), e.details
  FROM jsonb_to_recordset(cast(:entries AS jsonb)) AS e (
    operation text, key_row_id bigint, run_id bigint, agent_id bigint, user_id bigint, memory_id bigint,
    memory_type text, memory_ids jsonb, address text, details jsonb)
  RETURNING org_id, id
)
INSERT INTO seal_queue (org_id, audit_id)
SELECT a.org_id, a.id FROM added AS a

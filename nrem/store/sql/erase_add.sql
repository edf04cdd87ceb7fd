-- erase_add: asks for an erasure; none, when one of the same target is under way.
-- Index: erasures_open_key
INSERT INTO erasures (org_id, kind, target_id, target_hash, requested_by, requested_at, due_by, instants)
VALUES (
  cast(:org_id AS bigint), cast(:kind AS text), cast(:target_id AS bigint), cast(:target_hash AS bytea),
  cast(:requested_by AS bigint), cast(:requested_at AS timestamptz), cast(:due_by AS timestamptz), '{}')
ON CONFLICT (org_id, kind, target_id) WHERE state NOT IN ('certified', 'cancelled') DO NOTHING
RETURNING id

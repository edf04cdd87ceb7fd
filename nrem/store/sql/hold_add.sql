-- hold_add: places a hold; no row when one stands over the same thing.
-- Index: holds_standing_key
INSERT INTO holds (org_id, kind, ref_id, reference, placed_at)
VALUES (
  cast(:org_id AS bigint), cast(:kind AS text), cast(:ref_id AS bigint), cast(:reference AS text), app_now())
ON CONFLICT (org_id, kind, ref_id) WHERE lifted_at IS NULL DO NOTHING
RETURNING id

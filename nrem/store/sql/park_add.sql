-- park_add: sets items aside with a reason; one that is parked already stays as it is.
-- Index: parked_open_key
-- Role: nrem_worker
INSERT INTO parked (org_id, pass, item_kind, item_id, reason, error_class, attempts)
SELECT cast(:org_id AS bigint), cast(:pass AS text), w.item_kind, w.item_id, cast(:reason AS text),
       cast(:error_class AS text), w.attempts
FROM unnest(cast(:item_kinds AS text[]), cast(:item_ids AS bigint[]), cast(:attempts AS int[]))
  AS w (item_kind, item_id, attempts)
ON CONFLICT (org_id, pass, item_kind, item_id) WHERE resolved_at IS NULL DO NOTHING

-- erase_note: notes more that goes with an erasure.
-- Index: erasure_items_pkey
-- Role: nrem_worker
INSERT INTO erasure_items (org_id, erasure_id, kind, item_id)
SELECT cast(:org_id AS bigint), cast(:erasure_id AS bigint), cast(:kind AS text), w.id
FROM unnest(cast(:item_ids AS bigint[])) AS w (id)
ON CONFLICT (org_id, erasure_id, kind, item_id) DO NOTHING

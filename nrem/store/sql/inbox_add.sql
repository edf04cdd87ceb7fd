-- inbox_add: queues items for a batch pass; one that waits already stays as it is.
-- Index: inbox_pkey
INSERT INTO inbox (org_id, pass, item_kind, item_id, session_id, due_at)
SELECT cast(:org_id AS bigint), cast(:pass AS text), w.item_kind, w.item_id, nullif(w.session_id, 0), app_now()
FROM unnest(cast(:item_kinds AS text[]), cast(:item_ids AS bigint[]), cast(:session_ids AS bigint[]))
  AS w (item_kind, item_id, session_id)
ORDER BY w.item_kind, w.item_id
ON CONFLICT (org_id, pass, item_kind, item_id) DO NOTHING

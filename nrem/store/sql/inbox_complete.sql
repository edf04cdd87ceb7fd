-- inbox_complete: takes finished items off the queue, if the claim is still ours.
-- Index: inbox_pkey
-- Role: nrem_worker
DELETE FROM inbox AS i
USING unnest(cast(:item_kinds AS text[]), cast(:item_ids AS bigint[])) AS w (item_kind, item_id)
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.pass = cast(:pass AS text)
  AND i.item_kind = w.item_kind
  AND i.item_id = w.item_id
  AND i.owner = cast(:owner AS text)
RETURNING i.item_id

-- residue_items: what goes with an erasure, by kind.
-- Index: erasure_items_pkey
-- Role: nrem_worker
SELECT i.kind, array_agg(i.item_id) AS item_ids
FROM erasure_items AS i
WHERE i.org_id = cast(:org_id AS bigint) AND i.erasure_id = cast(:erasure_id AS bigint)
GROUP BY i.kind

-- erase_take: the next items of a kind that are not deleted yet; they count as deleted once this transaction ends.
-- Index: erasure_items_pkey
-- Role: nrem_worker
UPDATE erasure_items AS i
SET is_done = true
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.erasure_id = cast(:erasure_id AS bigint)
  AND i.kind = cast(:kind AS text)
  AND i.item_id IN (
    SELECT w.item_id
    FROM erasure_items AS w
    WHERE w.org_id = cast(:org_id AS bigint)
      AND w.erasure_id = cast(:erasure_id AS bigint)
      AND w.kind = cast(:kind AS text)
      AND NOT w.is_done
    ORDER BY w.item_id
    LIMIT cast(:limit AS int))
RETURNING i.item_id

-- erase_unfence: what an erasure kept out may come again.
-- Index: erasure_fences_erasure_idx
DELETE FROM erasure_fences AS f
WHERE f.org_id = cast(:org_id AS bigint)
  AND f.erasure_id = cast(:erasure_id AS bigint)

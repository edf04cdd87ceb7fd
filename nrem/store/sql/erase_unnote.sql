-- erase_unnote: forgets what was noted to go with an erasure.
-- Index: erasure_items_pkey, erasure_remakes_pkey
WITH anew AS (
  DELETE FROM erasure_remakes AS r
  WHERE r.org_id = cast(:org_id AS bigint) AND r.erasure_id = cast(:erasure_id AS bigint)
)
DELETE FROM erasure_items AS i
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.erasure_id = cast(:erasure_id AS bigint)

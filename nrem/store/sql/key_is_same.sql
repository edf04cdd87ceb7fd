-- key_is_same: whether two keys of an org go back to the same one, each having taken the place of the one before.
-- Index: api_keys_pkey
WITH RECURSIVE line AS (
  SELECT k.id AS of_id, k.id, k.replaces_id
  FROM api_keys AS k
  WHERE k.org_id = cast(:org_id AS bigint)
    AND k.id IN (cast(:key_row_id AS bigint), cast(:other_id AS bigint))
  UNION ALL
  SELECT l.of_id, k.id, k.replaces_id
  FROM line AS l
  JOIN api_keys AS k ON k.org_id = cast(:org_id AS bigint) AND k.id = l.replaces_id
)
SELECT cast(:key_row_id AS bigint) IS NOT DISTINCT FROM cast(:other_id AS bigint)
       OR EXISTS (SELECT FROM line AS a JOIN line AS b ON b.id = a.id AND b.of_id <> a.of_id) AS is_same

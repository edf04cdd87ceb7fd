-- erase_fence: from now on nothing is written for subjects, sessions and names of an erasure.
-- Index: erasure_items_pkey, erasure_fences_pkey
-- Role: nrem_worker
INSERT INTO erasure_fences (org_id, kind, ref_id, erasure_id, salt, name_hash)
SELECT cast(:org_id AS bigint), w.kind, w.ref_id, cast(:erasure_id AS bigint), w.salt, w.name_hash
FROM (
  SELECT CASE i.kind WHEN 'shared' THEN 'session' ELSE i.kind END AS kind, i.item_id AS ref_id, cast(NULL AS bytea) AS salt, cast(NULL AS bytea) AS name_hash
  FROM erasure_items AS i
  WHERE i.org_id = cast(:org_id AS bigint)
    AND i.erasure_id = cast(:erasure_id AS bigint)
    AND i.kind IN ('subject', 'session', 'shared')
    AND (i.kind, i.item_id) <> (cast(:kind AS text), cast(:target_id AS bigint))
  UNION ALL
  SELECT cast(:kind AS text), cast(:target_id AS bigint), cast(:salt AS bytea), cast(:name_hash AS bytea)
) AS w
ON CONFLICT (org_id, kind, ref_id, erasure_id) DO NOTHING

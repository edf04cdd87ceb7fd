-- attribute_stating: the newest memories of the subject that state a value of one of the attributes.
-- Index: attributes_pkey
-- Role: nrem_worker
SELECT DISTINCT a.memory_id
FROM attributes AS a
WHERE a.org_id = cast(:org_id AS bigint)
  AND a.subject_id = cast(:subject_id AS bigint)
  AND a.attribute_key = ANY(cast(:attribute_keys AS bytea[]))
ORDER BY a.memory_id DESC
LIMIT cast(:limit AS int)

-- dataset_find: a dataset by the caller's name.
-- Index: datasets_external_key
SELECT d.id
FROM datasets AS d
WHERE d.org_id = cast(:org_id AS bigint)
  AND d.external_id = cast(:name AS text)

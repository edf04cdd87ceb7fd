-- erase_subjects: whose keys go with an erasure; 0 stands for the org.
-- Index: erasure_items_pkey
-- Role: nrem_worker
SELECT i.item_id AS id
FROM erasure_items AS i
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.erasure_id = cast(:erasure_id AS bigint)
  AND i.kind = 'subject'
UNION ALL
SELECT 0 WHERE cast(:kind AS text) = 'org'

-- shelf_list: the live memories of a person on a shelf in a tier, the last used first.
-- Index: memories_shelf_idx
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.subject_id = cast(:subject_id AS bigint)
  AND m.shelf = cast(:shelf AS text)
  AND m.state = 'live'
  AND m.tier = cast(:tier AS text)
ORDER BY m.last_access DESC, m.id DESC
LIMIT cast(:limit AS int)

-- crossing_list: the changes of state and tier of a memory that are written down, oldest first.
-- Index: crossings_pkey
SELECT c.at, c.kind, c.before, c.after, c.reason, c.run_id
FROM crossings AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.memory_id = cast(:memory_id AS bigint)
ORDER BY c.at, c.id
LIMIT cast(:limit AS int)

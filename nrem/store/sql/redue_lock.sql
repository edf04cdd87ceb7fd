-- redue_lock: locks the next memories of a walk in the order of their numbers, waiting for whoever holds them.
-- Index: memories_pkey
-- Role: nrem_worker
SELECT m.id, nullif(m.due_at, 'infinity') AS due_at
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id > cast(:after_id AS bigint)
  AND m.state <> 'purged'
ORDER BY m.id
LIMIT cast(:batch AS int)
FOR NO KEY UPDATE

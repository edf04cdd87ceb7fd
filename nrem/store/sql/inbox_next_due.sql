-- inbox_next_due: when the earliest item that nobody holds is due; NULL when there is none.
-- Index: inbox_due_idx
-- Role: nrem_worker
SELECT min(i.due_at) AS due_at
FROM inbox AS i
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.pass = cast(:pass AS text)
  AND i.lease_until IS NULL

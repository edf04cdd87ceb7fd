-- reinforce_next_due: when the earliest use that is not counted yet happened; NULL when all are.
-- Index: accesses_waiting_idx
-- Role: nrem_worker
SELECT min(x.at) AS due_at
FROM accesses AS x
WHERE x.org_id = cast(:org_id AS bigint)
  AND x.folded_at IS NULL

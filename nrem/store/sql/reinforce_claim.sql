-- reinforce_claim: locks memories that were used since their uses were last counted.
-- Index: accesses_waiting_idx, memories_pkey
-- Role: nrem_worker
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id IN (
    SELECT x.memory_id
    FROM accesses AS x
    WHERE x.org_id = cast(:org_id AS bigint)
      AND x.folded_at IS NULL
      AND x.at <= app_now()
    GROUP BY x.memory_id
    ORDER BY x.memory_id
    LIMIT cast(:batch AS int)
  )
ORDER BY m.id
FOR NO KEY UPDATE SKIP LOCKED

-- expire_claim: locks memories whose time to live is over, or whose retention after forgetting may be.
-- Index: memories_expiry_idx, memories_purge_idx
-- Role: nrem_worker
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id IN (
    (SELECT t.id
     FROM memories AS t
     WHERE t.org_id = cast(:org_id AS bigint)
       AND t.state IN ('live', 'archived')
       AND t.expires_at IS NOT NULL
       AND t.expires_at <= app_now()
     ORDER BY t.expires_at, t.id
     LIMIT cast(:batch AS int))
    UNION
    (SELECT g.id
     FROM memories AS g
     WHERE g.org_id = cast(:org_id AS bigint)
       AND g.state = 'forgotten'
       AND g.due_at < 'infinity'
       AND g.due_at <= app_now()
       AND NOT is_held(g.org_id, g.agent_id, g.user_id, g.id)
     ORDER BY g.due_at, g.id
     LIMIT cast(:batch AS int))
  )
ORDER BY m.id
LIMIT cast(:batch AS int)
FOR NO KEY UPDATE SKIP LOCKED

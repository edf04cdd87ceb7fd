-- life_read: what decides the future of memories that this transaction has locked.
-- Index: memories_pkey
SELECT m.id, m.type, m.tier, m.state, m.state_since, m.state_reason, m.facts_since, m.importance, m.last_access,
       m.access_count, m.pinned, m.expires_at, use.accesses, use.access_ids, m.due_at <= app_now() AS is_due,
       is_held(m.org_id, m.agent_id, m.user_id, m.id) AS is_kept
FROM memories AS m
CROSS JOIN LATERAL (
  SELECT array_agg(x.at ORDER BY x.at, x.id) AS accesses, array_agg(x.id ORDER BY x.at, x.id) AS access_ids
  FROM accesses AS x
  WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.folded_at IS NULL AND x.at <= app_now()
) AS use
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
ORDER BY m.id

-- policy_preview_read: what decides the future of the next memories in the order of their numbers, without a lock.
-- Index: memories_pkey, accesses_waiting_idx
SELECT m.id, m.type, m.tier, m.state, m.state_since, m.state_reason, m.facts_since, m.importance, m.last_access,
       m.access_count, m.pinned, m.expires_at, use.accesses,
       is_held(m.org_id, m.agent_id, m.user_id, m.id) AS is_kept
FROM memories AS m
CROSS JOIN LATERAL (
  SELECT array_agg(x.at ORDER BY x.at, x.id) AS accesses
  FROM accesses AS x
  WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.folded_at IS NULL AND x.at <= app_now()
) AS use
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id > cast(:after_id AS bigint)
  AND m.state <> 'purged'
ORDER BY m.id
LIMIT cast(:limit AS int)

-- shelf_read: memories of a shelf by their numbers, with what decides how they stand.
-- Index: memories_pkey, accesses_waiting_idx
SELECT m.id, m.subject_id, m.agent_id, m.user_id, m.content, m.metadata, m.recorded_at, m.type, m.tier, m.state,
       m.state_since, m.state_reason, m.facts_since, m.importance, m.last_access, m.access_count, m.pinned,
       m.expires_at, m.occurred_at, m.version, use.accesses
FROM memories AS m
CROSS JOIN LATERAL (
  SELECT array_agg(x.at ORDER BY x.at, x.id) AS accesses
  FROM accesses AS x
  WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.folded_at IS NULL AND x.at <= app_now()
) AS use
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
  AND m.shelf = cast(:shelf AS text)
ORDER BY m.id

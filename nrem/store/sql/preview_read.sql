-- preview_read: what decides the future of the next memories in the order of their numbers, without a lock.
-- Index: memories_pkey, accesses_waiting_idx
SELECT m.id, m.type, m.tier, m.state, m.state_since, m.state_reason, m.facts_since, m.importance, m.last_access,
       m.access_count, m.pinned, m.expires_at, use.accesses,
       EXISTS (
         SELECT FROM holds AS h
         WHERE h.org_id = m.org_id AND h.lifted_at IS NULL
           AND (h.kind = 'org' OR (h.kind, h.ref_id) IN (('agent', m.agent_id), ('user', m.user_id), ('memory', m.id)))
       ) AS is_kept
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

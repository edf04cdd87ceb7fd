-- memory_read: memories with the names behind their numbers and the turns behind their words.
-- Index: memories_pkey
SELECT m.id, m.version, m.type, m.tier, m.state, m.state_since, m.state_reason, m.content, m.metadata,
       m.importance, m.pinned, m.trust, m.derived_by, m.run_id, m.occurred_at, m.recorded_at, m.last_access,
       m.access_count, m.expires_at, a.external_id AS agent, u.external_id AS "user", s.external_id AS session,
       src.event_ids, src.turn_ids, v.model
FROM memories AS m
JOIN agents AS a ON a.org_id = m.org_id AND a.id = m.agent_id
LEFT JOIN users AS u ON u.org_id = m.org_id AND u.id = m.user_id
LEFT JOIN sessions AS s ON s.org_id = m.org_id AND s.id = m.session_id
LEFT JOIN embeddings AS v ON v.org_id = m.org_id AND v.item_kind = 'memory' AND v.item_id = m.id
CROSS JOIN LATERAL (
  SELECT array_agg(e.id ORDER BY e.id) AS event_ids, array_agg(e.body ->> 'turn_id' ORDER BY e.id) AS turn_ids
  FROM derivations AS d
  JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id
  WHERE d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
) AS src
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
ORDER BY m.id

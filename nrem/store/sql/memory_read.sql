-- memory_read: memories with the names behind their numbers and the turns behind their words.
-- Index: memories_pkey
SELECT m.id, m.version, m.type, m.tier, m.state, m.state_since, m.state_reason, m.facts_since, m.importance_given, m.valid_from, m.content, m.metadata,
       m.importance, m.pinned, m.trust, m.derived_by, m.run_id, m.occurred_at, m.true_until, m.recorded_at, m.last_access,
       m.access_count, m.expires_at, m.agent_id, m.user_id, a.external_id AS agent, u.external_id AS "user", s.external_id AS session,
       use.accesses, src.event_ids, src.turn_ids, v.model,
       is_held(m.org_id, m.agent_id, m.user_id, m.id) AS is_kept
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
CROSS JOIN LATERAL (
  SELECT array_agg(x.at ORDER BY x.at, x.id) AS accesses
  FROM accesses AS x
  WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.folded_at IS NULL AND x.at <= app_now()
) AS use
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
ORDER BY m.id

-- consolidate_working: the working memories of a session with their source events, archived ones too if an outage let them lie.
-- Index: memories_session_idx
-- Role: nrem_worker
SELECT m.id, m.version, m.subject_id, m.agent_id, m.user_id, m.content, m.importance,
       m.importance_given, m.features, m.occurred_at,
       array_agg(d.event_id ORDER BY d.event_id) AS event_ids
FROM memories AS m
JOIN derivations AS d ON d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.session_id = cast(:session_id AS bigint)
  AND m.type = 'working'
  AND (m.state = 'live' OR (m.state = 'archived' AND m.state_reason = 'idle'))
  AND (m.expires_at IS NULL OR m.expires_at > app_now())
GROUP BY m.org_id, m.id
ORDER BY m.id

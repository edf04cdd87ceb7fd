-- session_read: one explicit session by the caller's id, and how its consolidation and its observation go.
-- Index: sessions_external_key, streams_ref_key, leases_pkey, inbox_session_idx, parked_open_key, runs_pass_idx, events_session_idx, derivations_event_idx, observations_pkey
SELECT s.id, s.external_id, s.session_type, a.external_id AS agent, u.external_id AS "user",
       b.agent_id, b.user_id, s.state, s.started_at, s.ended_at, s.turns, s.transitioned, s.run_id, s.metadata,
       s.set_aside_by IS NOT NULL AS is_undone,
       (SELECT count(*) FROM memories AS m
        WHERE m.org_id = s.org_id AND m.session_id = s.id AND m.state = 'live') AS memories,
       (SELECT count(*) FROM memories AS m
        WHERE m.org_id = s.org_id AND m.session_id = s.id AND m.type = 'working'
          AND (m.state = 'live' OR (m.state = 'archived' AND m.state_reason = 'idle'))
          AND (m.expires_at IS NULL OR m.expires_at > app_now()))
       -- accepted, and no memory yet
       + (SELECT count(*) FROM inbox AS i
          JOIN events AS e ON e.org_id = i.org_id AND e.id = i.item_id
          WHERE i.org_id = s.org_id AND i.session_id = s.id AND i.pass = 'score' AND i.item_kind = 'event'
            AND e.kind = 'memory' AND e.body ->> 'memory_type' = 'working') AS working,
       l.state = 'parked' AS is_parked,
       (SELECT coalesce(p.error_class, p.reason) FROM parked AS p
        WHERE p.org_id = s.org_id AND p.pass = 'consolidate' AND p.item_kind = 'stream'
          AND p.item_id = l.stream_id AND p.resolved_at IS NULL) AS parked_reason,
       -- of the newest try, while there will be another
       (SELECT r.reason FROM runs AS r
        WHERE r.org_id = s.org_id AND r.pass = 'consolidate' AND r.stream_id = l.stream_id AND r.outcome = 'failed'
          AND l.attempts > CASE WHEN l.owner IS NULL THEN 0 ELSE 1 END
        ORDER BY r.id DESC
        LIMIT 1) AS failed_reason,
       (SELECT count(DISTINCT o.id) FROM events AS e
        JOIN derivations AS d ON d.org_id = e.org_id AND d.event_id = e.id AND d.child_kind = 'observation'
        JOIN observations AS o ON o.org_id = d.org_id AND o.id = d.child_id
        WHERE e.org_id = s.org_id AND e.session_id = s.id AND o.archived_at IS NULL) AS observations,
       late.id IS NULL AS is_observed,
       late.state = 'parked' AS is_observing_parked,
       (SELECT coalesce(p.error_class, p.reason) FROM parked AS p
        WHERE p.org_id = s.org_id AND p.pass = 'observe' AND p.item_kind = 'stream'
          AND p.item_id = late.stream_id AND p.resolved_at IS NULL) AS observing_parked_reason,
       (SELECT r.reason FROM runs AS r
        WHERE r.org_id = s.org_id AND r.pass = 'observe' AND r.stream_id = late.stream_id AND r.outcome = 'failed'
          AND late.attempts > CASE WHEN late.owner IS NULL THEN 0 ELSE 1 END
        ORDER BY r.id DESC
        LIMIT 1) AS observing_failed_reason
FROM sessions AS s
JOIN subjects AS b ON b.org_id = s.org_id AND b.id = s.subject_id
JOIN agents AS a ON a.org_id = b.org_id AND a.id = b.agent_id
LEFT JOIN users AS u ON u.org_id = b.org_id AND u.id = b.user_id
LEFT JOIN streams AS t ON t.org_id = s.org_id AND t.kind = 'subject' AND t.ref_id = s.subject_id
LEFT JOIN leases AS l ON l.org_id = t.org_id AND l.pass = 'consolidate' AND l.stream_id = t.id
-- the first of its turns that nobody observed, and who is to do it
LEFT JOIN LATERAL (
  SELECT e.id, e.stream_id, k.state, k.attempts, k.owner
  FROM events AS e
  LEFT JOIN leases AS k ON k.org_id = e.org_id AND k.pass = 'observe' AND k.stream_id = e.stream_id
  WHERE e.org_id = s.org_id AND e.session_id = s.id AND e.kind = 'turn' AND e.seq > coalesce(k.cursor_seq, 0)
  ORDER BY e.id
  LIMIT 1
) AS late ON true
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.external_id = cast(:name AS text)

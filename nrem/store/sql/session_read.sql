-- session_read: one explicit session by the caller's id.
-- Index: sessions_external_key
SELECT s.id, s.external_id, a.external_id AS agent, u.external_id AS "user", s.state, s.started_at, s.ended_at,
       s.turns, s.transitioned, s.run_id, s.metadata,
       (SELECT count(*) FROM memories AS m
        WHERE m.org_id = s.org_id AND m.session_id = s.id AND m.state = 'live') AS memories,
       (SELECT count(*) FROM memories AS m
        WHERE m.org_id = s.org_id AND m.session_id = s.id AND m.state = 'live' AND m.type = 'working') AS working
FROM sessions AS s
JOIN subjects AS b ON b.org_id = s.org_id AND b.id = s.subject_id
JOIN agents AS a ON a.org_id = b.org_id AND a.id = b.agent_id
LEFT JOIN users AS u ON u.org_id = b.org_id AND u.id = b.user_id
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.external_id = cast(:name AS text)

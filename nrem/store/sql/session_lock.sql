-- session_lock: explicit sessions by the caller's ids, locked in key order against a concurrent end.
-- Index: sessions_external_key
SELECT s.external_id, s.id, s.subject_id, s.state, s.thread_id, u.agent_id, u.user_id
FROM sessions AS s
JOIN subjects AS u ON u.org_id = s.org_id AND u.id = s.subject_id
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.external_id = ANY(cast(:names AS text[]))
ORDER BY s.external_id
FOR NO KEY UPDATE OF s

-- consolidate_turns: the turns of a session in the order they were appended.
-- Index: events_session_idx
-- Role: nrem_worker
SELECT e.id, e.seq, e.subject_id, u.agent_id, u.user_id, e.occurred_at, e.body
FROM events AS e
JOIN subjects AS u ON u.org_id = e.org_id AND u.id = e.subject_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.session_id = cast(:session_id AS bigint)
  AND e.kind = 'turn'
  -- not erased
  AND e.body <> '{}'
ORDER BY e.id

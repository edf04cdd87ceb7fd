-- forget_next_events: the next events of an agent, or of one user of it, in which something was said.
-- Index: events_pkey, subjects_pkey
SELECT e.id
FROM events AS e
JOIN subjects AS s ON s.org_id = e.org_id AND s.id = e.subject_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id > cast(:after_id AS bigint)
  AND e.kind IN ('turn', 'memory', 'observation')
  AND e.body <> '{}'
  AND s.agent_id = cast(:agent_id AS bigint)
  AND (cast(:user_id AS bigint) IS NULL OR s.user_id = cast(:user_id AS bigint))
ORDER BY e.id
LIMIT cast(:limit AS int)

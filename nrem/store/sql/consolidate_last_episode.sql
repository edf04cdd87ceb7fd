-- consolidate_last_episode: the episodic memory of an agent and user that was written last.
-- Index: memories_subject_idx
-- Role: nrem_worker
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.agent_id = cast(:agent_id AS bigint)
  AND CASE WHEN cast(:user_id AS bigint) IS NULL THEN m.user_id IS NULL ELSE m.user_id = cast(:user_id AS bigint) END
  AND m.state = 'live'
  AND m.type = 'episodic'
ORDER BY m.id DESC
LIMIT 1

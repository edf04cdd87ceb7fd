-- subject_find: row numbers of (agent, user) pairs; user 0 stands for nobody in particular.
-- Index: subjects_pair_key
SELECT s.agent_id, coalesce(s.user_id, 0) AS user_id, s.id
FROM subjects AS s
JOIN unnest(cast(:agent_ids AS bigint[]), cast(:user_ids AS bigint[])) AS w (agent_id, user_id)
  ON w.agent_id = s.agent_id AND nullif(w.user_id, 0) IS NOT DISTINCT FROM s.user_id
WHERE s.org_id = cast(:org_id AS bigint)

-- subject_add: enters (agent, user) pairs; user 0 stands for nobody in particular.
-- Index: subjects_pair_key
INSERT INTO subjects (org_id, agent_id, user_id)
SELECT cast(:org_id AS bigint), w.agent_id, nullif(w.user_id, 0)
FROM unnest(cast(:agent_ids AS bigint[]), cast(:user_ids AS bigint[])) AS w (agent_id, user_id)
ORDER BY w.agent_id, w.user_id
ON CONFLICT (org_id, agent_id, user_id) DO NOTHING

-- vector_erase: deletes the vectors of an agent, or those of one user of it.
-- Index: vectors_user_idx
DELETE FROM vectors AS v
WHERE v.org_id = cast(:org_id AS bigint)
  AND v.agent_id = cast(:agent_id AS bigint)
  AND (cast(:user_id AS bigint) IS NULL OR v.user_id = cast(:user_id AS bigint))

-- forget_next: the next memories of an agent, or of one user of it; forgotten ones only where they are to be deleted.
-- Index: memories_subject_idx
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.agent_id = cast(:agent_id AS bigint)
  AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
  AND m.id > cast(:after_id AS bigint)
  AND (cast(:is_hard AS bool) OR m.state IN ('live', 'archived'))
ORDER BY m.id
LIMIT cast(:limit AS int)

-- audit_count: how many entries of the trail audit_list would answer in all.
-- Index: audit_pkey
SELECT count(*)
FROM audit AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND (cast(:operation AS text) IS NULL OR e.operation = cast(:operation AS text))
  AND (cast(:agent_id AS bigint) IS NULL OR e.agent_id = cast(:agent_id AS bigint))
  AND (cast(:user_id AS bigint) IS NULL OR e.user_id = cast(:user_id AS bigint))
  AND (cast(:memory_id AS bigint) IS NULL
    OR e.memory_id = cast(:memory_id AS bigint) OR cast(:memory_id AS bigint) = ANY(e.memory_ids))

-- change_read: what a memory says, once it is locked, and which version that is.
-- Index: memories_pkey
SELECT m.version, m.content, m.metadata, m.importance_given, m.occurred_at, m.true_until, m.agent_id, m.subject_id,
       m.user_id, m.features
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = cast(:memory_id AS bigint)

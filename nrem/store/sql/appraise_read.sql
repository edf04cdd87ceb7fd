-- appraise_read: live memories whose importance nobody gave, with what a second opinion needs.
-- Index: memories_pkey
-- Role: nrem_worker
SELECT m.id, m.version, m.subject_id, m.type, m.content, m.importance
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
  AND m.state = 'live'
  AND NOT m.importance_given
  AND NOT m.pinned
ORDER BY m.subject_id, m.id

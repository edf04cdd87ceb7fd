-- embed_read_memories: what there is to embed of queued memories.
-- Index: memories_pkey
-- Role: nrem_worker
SELECT m.id, m.agent_id, m.subject_id, m.content, m.content_hash
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:item_ids AS bigint[]))
ORDER BY m.id

-- closure_evidence: has promote look again at the evidence of knowledge that is about to go.
-- Index: edges_target_idx, memories_pkey, promote_queue_pkey
INSERT INTO promote_queue (org_id, subject_id, memory_id)
SELECT DISTINCT m.org_id, m.subject_id, m.id
FROM edges AS s
JOIN memories AS m ON m.org_id = s.org_id AND m.id = s.source_id
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.target_id = ANY(cast(:memory_ids AS bigint[]))
  AND s.kind = 'supports'
  AND s.drawn_by = 'promote'
  AND m.state = 'live'
  AND m.type <> 'working'
ORDER BY m.org_id, m.subject_id, m.id
ON CONFLICT (org_id, subject_id, memory_id) DO NOTHING
RETURNING subject_id

-- revert_again_evidence: lets promote look again at what a run that was undone had made of memories.
-- Index: edges_run_idx, memories_pkey, promote_queue_pkey
WITH freed AS (
  UPDATE edges AS e
  SET metadata = jsonb_set(e.metadata, '{again}', 'true')
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.run_id = cast(:run_id AS bigint)
    AND e.kind IN ('supports', 'contradicts', 'supersedes')
    AND e.valid_to IS NOT NULL
    AND e.metadata -> 'again' IS NULL
  RETURNING e.source_id
)
INSERT INTO promote_queue (org_id, subject_id, memory_id)
SELECT DISTINCT m.org_id, m.subject_id, m.id
FROM freed AS f
JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = f.source_id
WHERE m.state = 'live'
  AND m.type <> 'working'
ORDER BY m.id
ON CONFLICT (org_id, subject_id, memory_id) DO NOTHING

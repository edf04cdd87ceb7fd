-- distill_said: which texts the live semantic and procedural memories of subjects say already.
-- Index: memories_content_idx
-- Role: nrem_worker
SELECT DISTINCT w.subject_id, w.content_hash
FROM unnest(cast(:subject_ids AS bigint[]), cast(:content_hashes AS bytea[])) AS w (subject_id, content_hash)
JOIN memories AS m
  ON m.org_id = cast(:org_id AS bigint) AND m.subject_id = w.subject_id AND m.content_hash = w.content_hash
WHERE m.state = 'live'
  AND m.type IN ('semantic', 'procedural')

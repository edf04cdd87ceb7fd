-- observation_log_add: makes the logs that are missing; takes no lock on those that exist.
-- Index: observation_logs_pkey
INSERT INTO observation_logs (org_id, subject_id)
SELECT cast(:org_id AS bigint), w.subject_id
FROM unnest(cast(:subject_ids AS bigint[])) AS w (subject_id)
ORDER BY w.subject_id
ON CONFLICT (org_id, subject_id) DO NOTHING

-- observation_log_read: the logs of people, unlocked.
-- Index: observation_logs_pkey
SELECT g.subject_id, g.last_ordinal, g.tokens, g.walked_to, g.reflected_ordinal, g.reflected_tokens
FROM observation_logs AS g
WHERE g.org_id = cast(:org_id AS bigint)
  AND g.subject_id = ANY(cast(:subject_ids AS bigint[]))

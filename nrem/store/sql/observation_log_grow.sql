-- observation_log_grow: adds to the numbers given out and to the active tokens of locked logs.
-- Index: observation_logs_pkey
UPDATE observation_logs AS g
SET last_ordinal = g.last_ordinal + w.ordinals, tokens = g.tokens + w.tokens
FROM unnest(cast(:subject_ids AS bigint[]), cast(:ordinals AS int[]), cast(:tokens AS bigint[]))
  AS w (subject_id, ordinals, tokens)
WHERE g.org_id = cast(:org_id AS bigint)
  AND g.subject_id = w.subject_id

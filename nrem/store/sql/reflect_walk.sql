-- reflect_walk: says up to where a locked log was looked at; at its end the walk begins anew.
-- Index: observation_logs_pkey
-- Role: nrem_worker
UPDATE observation_logs AS g
SET walked_to = coalesce(cast(:walked_to AS int), 0),
    reflected_ordinal = CASE WHEN cast(:walked_to AS int) IS NULL THEN g.last_ordinal ELSE g.reflected_ordinal END,
    reflected_tokens = CASE WHEN cast(:walked_to AS int) IS NULL THEN g.tokens ELSE g.reflected_tokens END
WHERE g.org_id = cast(:org_id AS bigint)
  AND g.subject_id = cast(:subject_id AS bigint)

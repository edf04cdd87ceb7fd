-- revert_observation_again: lets reflect look at a person's log from its beginning.
-- Index: observation_logs_pkey
UPDATE observation_logs AS g
SET reflected_ordinal = 0, reflected_tokens = 0, walked_to = 0
WHERE g.org_id = cast(:org_id AS bigint)
  AND g.subject_id = cast(:subject_id AS bigint)

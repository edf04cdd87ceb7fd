-- gate_read: how long a model may not be asked for an org, and how often in a row it could not answer.
-- Index: llm_gates_pkey
-- Role: nrem_worker
SELECT greatest(date_part('epoch', g.not_before - app_now()), 0) AS wait_seconds, g.failures, g.reason
FROM llm_gates AS g
WHERE g.org_id = cast(:org_id AS bigint)
  AND g.model = cast(:model AS text)

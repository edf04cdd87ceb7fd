-- gate_open: a model answered; a wait that another worker was told meanwhile stays.
-- Index: llm_gates_pkey
-- Role: nrem_worker
UPDATE llm_gates AS g
SET failures = 0, reason = CASE WHEN g.not_before > app_now() THEN g.reason END
WHERE g.org_id = cast(:org_id AS bigint)
  AND g.model = cast(:model AS text)
  AND g.failures > 0

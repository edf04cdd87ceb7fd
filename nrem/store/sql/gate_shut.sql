-- gate_shut: nobody asks a model for an org before then; a longer wait that is known already stays.
-- Index: llm_gates_pkey
-- Role: nrem_worker
INSERT INTO llm_gates AS g (org_id, model, not_before, failures, reason)
VALUES (
  cast(:org_id AS bigint), cast(:model AS text),
  app_now() + make_interval(secs => cast(:wait_seconds AS float8)), 1, cast(:reason AS text))
ON CONFLICT (org_id, model) DO UPDATE
SET not_before = greatest(g.not_before, excluded.not_before), failures = g.failures + 1, reason = excluded.reason

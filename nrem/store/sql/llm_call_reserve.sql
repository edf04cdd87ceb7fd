-- llm_call_reserve: writes down that a model is about to be asked, and the most that it may cost.
-- Index: llm_calls_pkey
-- Role: nrem_worker
INSERT INTO llm_calls (
  org_id, pass, run_id, subject_id, model, prompt_hash, request_hash, reserved_micros, reserved_tokens,
  started_at, lapses_at, batch_id, items)
VALUES (
  cast(:org_id AS bigint), cast(:pass AS text), cast(:run_id AS bigint), cast(:subject_id AS bigint),
  cast(:model AS text), cast(:prompt_hash AS bytea), cast(:request_hash AS bytea), cast(:micros AS bigint),
  cast(:tokens AS bigint), app_now(), app_now() + make_interval(secs => cast(:lapse_seconds AS float8)),
  cast(:batch_id AS bigint), cast(:items AS bigint))
RETURNING id

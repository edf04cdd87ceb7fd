-- llm_call_settle: writes down how a call ended and what it cost; also one whose reservation lapsed.
-- Index: llm_calls_pkey
-- Role: nrem_worker
UPDATE llm_calls AS c
SET status = cast(:status AS text), cost_micros = cast(:micros AS bigint), tokens_in = cast(:tokens_in AS bigint),
    tokens_out = cast(:tokens_out AS bigint), cache_read = cast(:cache_read AS bigint),
    cache_write = cast(:cache_write AS bigint), request_id = cast(:request_id AS text),
    duration_ms = cast(:duration_ms AS float8), ended_at = app_now(), request = cast(:request AS bytea),
    reply = cast(:reply AS bytea)
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.id = cast(:id AS bigint)

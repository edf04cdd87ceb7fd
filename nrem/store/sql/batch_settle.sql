-- batch_settle: writes down how calls of a batch ended, each once, and what they cost beside what was spent today; a reply whose request was erased is dropped.
-- Index: llm_calls_pkey, llm_spend_pkey
-- Role: nrem_worker
WITH ended AS (
  UPDATE llm_calls AS c
  SET status = r.status, cost_micros = r.micros, tokens_in = r.tokens_in, tokens_out = r.tokens_out,
      cache_read = r.cache_read, cache_write = r.cache_write, request_id = r.request_id, ended_at = app_now(),
      reply = CASE WHEN c.request IS NOT NULL THEN r.reply END
  FROM unnest(cast(:ids AS bigint[]), cast(:statuses AS text[]), cast(:micros AS bigint[]),
              cast(:tokens_in AS bigint[]), cast(:tokens_out AS bigint[]), cast(:cache_read AS bigint[]),
              cast(:cache_write AS bigint[]), cast(:request_ids AS text[]), cast(:replies AS bytea[]))
    AS r (id, status, micros, tokens_in, tokens_out, cache_read, cache_write, request_id, reply)
  WHERE c.org_id = cast(:org_id AS bigint)
    AND c.id = r.id
    AND c.status = 'reserved'
  RETURNING c.pass, c.status, c.items, c.cost_micros,
            c.tokens_in + c.tokens_out + c.cache_read + c.cache_write AS tokens
)
INSERT INTO llm_spend AS s (org_id, day, pass, calls, items, tokens, micros, batch_calls, batch_micros)
SELECT cast(:org_id AS bigint), cast(app_now() AT TIME ZONE 'UTC' AS date), e.pass,
       count(*) FILTER (WHERE e.tokens > 0), coalesce(sum(e.items) FILTER (WHERE e.status = 'ok'), 0),
       sum(e.tokens), sum(e.cost_micros), count(*) FILTER (WHERE e.tokens > 0), sum(e.cost_micros)
FROM ended AS e
GROUP BY e.pass
ORDER BY e.pass
ON CONFLICT (org_id, day, pass) DO UPDATE
SET calls = s.calls + excluded.calls, items = s.items + excluded.items, tokens = s.tokens + excluded.tokens,
    micros = s.micros + excluded.micros, batch_calls = s.batch_calls + excluded.batch_calls,
    batch_micros = s.batch_micros + excluded.batch_micros

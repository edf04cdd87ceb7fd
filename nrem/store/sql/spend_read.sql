-- spend_read: what an org has spent and reserved in this UTC day and its month, and the limits it set.
-- Index: llm_spend_pkey, llm_calls_reserved_idx
-- Role: nrem_worker
WITH today AS (
  SELECT cast(app_now() AT TIME ZONE 'UTC' AS date) AS day
),
reserved AS (
  SELECT count(*) AS calls, coalesce(sum(c.reserved_micros), 0) AS micros,
         coalesce(sum(c.reserved_tokens), 0) AS tokens
  FROM llm_calls AS c
  WHERE c.org_id = cast(:org_id AS bigint) AND c.status = 'reserved' AND c.lapses_at > app_now()
),
spent AS (
  SELECT coalesce(sum(s.micros) FILTER (WHERE s.day = t.day), 0) AS day_micros,
         coalesce(sum(s.tokens) FILTER (WHERE s.day = t.day), 0) AS day_tokens,
         coalesce(sum(s.calls) FILTER (WHERE s.day = t.day), 0) AS day_calls,
         coalesce(sum(s.tokens), 0) AS month_tokens, coalesce(sum(s.calls), 0) AS month_calls
  FROM today AS t
  JOIN llm_spend AS s
    ON s.org_id = cast(:org_id AS bigint)
   AND s.day BETWEEN cast(date_trunc('month', t.day) AS date) AND t.day
)
SELECT cast(s.day_micros + r.micros AS bigint) AS day_micros,
       cast(s.day_tokens + r.tokens AS bigint) AS day_tokens,
       cast(s.day_calls + r.calls AS bigint) AS day_calls,
       cast(s.month_tokens + r.tokens AS bigint) AS month_tokens,
       cast(s.month_calls + r.calls AS bigint) AS month_calls,
       coalesce(b.daily_tokens, 0) AS daily_tokens_cap, coalesce(b.daily_llm_calls, 0) AS daily_calls_cap,
       coalesce(b.monthly_tokens, 0) AS monthly_tokens_cap,
       coalesce(b.monthly_llm_calls, 0) AS monthly_calls_cap
FROM spent AS s
CROSS JOIN reserved AS r
LEFT JOIN budgets AS b ON b.org_id = cast(:org_id AS bigint)

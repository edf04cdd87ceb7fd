-- budget_set: replaces all budgets of the org.
-- Index: budgets_pkey
INSERT INTO budgets AS b (
  org_id, daily_tokens, daily_llm_calls, daily_embeddings,
  monthly_tokens, monthly_llm_calls, monthly_embeddings, set_at)
VALUES (
  cast(:org_id AS bigint), cast(:daily_tokens AS bigint), cast(:daily_llm_calls AS bigint),
  cast(:daily_embeddings AS bigint), cast(:monthly_tokens AS bigint), cast(:monthly_llm_calls AS bigint),
  cast(:monthly_embeddings AS bigint), app_now())
ON CONFLICT (org_id) DO UPDATE
SET daily_tokens = excluded.daily_tokens,
    daily_llm_calls = excluded.daily_llm_calls,
    daily_embeddings = excluded.daily_embeddings,
    monthly_tokens = excluded.monthly_tokens,
    monthly_llm_calls = excluded.monthly_llm_calls,
    monthly_embeddings = excluded.monthly_embeddings,
    set_at = excluded.set_at

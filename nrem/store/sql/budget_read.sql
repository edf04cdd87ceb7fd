-- budget_read: the budgets that the org set itself; 0 stands for the server's default.
-- Index: budgets_pkey
SELECT b.daily_tokens, b.daily_llm_calls, b.daily_embeddings,
       b.monthly_tokens, b.monthly_llm_calls, b.monthly_embeddings
FROM budgets AS b
WHERE b.org_id = cast(:org_id AS bigint)

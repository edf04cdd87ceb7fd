-- spend_rates: what one piece of each pass's backlog cost on average, in the last days of all orgs.
-- Index: llm_spend_day_idx
-- Role: nrem_worker
SELECT s.pass AS pass_name, sum(s.micros) / sum(s.items) AS micros, sum(s.duration_ms) / sum(s.items) AS duration_ms
FROM llm_spend AS s
WHERE s.day > cast(app_now() AT TIME ZONE 'UTC' AS date) - cast(:days AS int)
GROUP BY s.pass
HAVING sum(s.items) > 0

-- spend_today: what all orgs spent in this UTC day, in millionths of a dollar.
-- Index: llm_spend_day_idx
-- Role: nrem_worker
SELECT cast(coalesce(sum(s.micros), 0) AS bigint) AS micros
FROM llm_spend AS s
WHERE s.day = cast(app_now() AT TIME ZONE 'UTC' AS date)

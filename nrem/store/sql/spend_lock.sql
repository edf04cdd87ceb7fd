-- spend_lock: one reservation of an org at a time, until its transaction ends.
-- Index: none (an advisory lock)
SELECT pg_advisory_xact_lock(hashtextextended('llm_spend', cast(:org_id AS bigint)))

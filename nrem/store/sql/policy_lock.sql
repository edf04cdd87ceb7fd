-- policy_lock: makes every other change of the org's policy wait until this transaction ends.
-- Index: none (an advisory lock)
SELECT pg_advisory_xact_lock(hashtextextended('policy', cast(:org_id AS bigint)))

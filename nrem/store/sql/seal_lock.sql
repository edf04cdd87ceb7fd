-- seal_lock: the database's instant, unless somebody else seals; nobody else does until this transaction ends.
-- Index: none (no table)
-- Role: nrem_worker
SELECT clock_timestamp() AS instant
WHERE pg_try_advisory_xact_lock(7810776276)

-- rewrite_lock: makes this connection the one that rewrites, until it ends; false: another one is.
-- Index: none (lock)
-- Role: nrem_maintain
SELECT pg_try_advisory_lock(cast(:lock AS bigint))

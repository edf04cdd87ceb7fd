-- transaction_instant: the instant that this transaction works at.
-- Index: none (setting)
SELECT app_now() AS instant

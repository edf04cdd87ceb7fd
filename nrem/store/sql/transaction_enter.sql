-- transaction_enter: sets org and instant for this transaction only; answers the instant.
-- Index: none (settings only)
SELECT cast(set_config('app.now', coalesce(cast(:now AS timestamptz), clock_timestamp())::text, true) AS timestamptz) AS instant,
       set_config('app.org_id', cast(:org_id AS text), true) AS org

-- work_draw: draws the number of a run; answers the transaction's instant beside it.
-- Index: none (sequence)
SELECT nextval('runs_id_seq') AS run_id, app_now() AS instant

-- run_number: draws the number of a run before its row is written.
-- Index: none (sequence)
-- Role: nrem_worker
SELECT nextval('runs_id_seq') AS id

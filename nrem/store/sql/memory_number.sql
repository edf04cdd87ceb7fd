-- memory_number: draws row numbers of memories before their rows are written.
-- Index: none (sequence)
SELECT nextval('memories_id_seq') AS id
FROM generate_series(1, cast(:count AS int))

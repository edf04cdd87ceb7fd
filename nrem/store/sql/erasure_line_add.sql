-- erasure_line_add: says that this database has lived through lines of the erasure ledger.
-- Index: erasure_lines_pkey
-- Role: nrem_worker
INSERT INTO erasure_lines (place, hash)
SELECT w.place, decode(w.hash, 'hex')
FROM unnest(cast(:places AS bigint[]), cast(:hashes AS text[])) AS w (place, hash)
ON CONFLICT (place) DO NOTHING

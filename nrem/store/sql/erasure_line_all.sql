-- erasure_line_all: the lines of the erasure ledger that this database has lived through.
-- Index: none (all rows)
SELECT l.place, l.hash
FROM erasure_lines AS l

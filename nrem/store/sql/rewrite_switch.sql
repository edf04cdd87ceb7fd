-- rewrite_switch: ends the segment of the write-ahead log that is being written.
-- Index: none (function)
-- Role: nrem_maintain
SELECT cast(pg_switch_wal() AS text)

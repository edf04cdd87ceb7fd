-- rewrite_place: how far the write-ahead log has come, and when.
-- Index: none (functions)
-- Role: nrem_maintain
SELECT cast(pg_current_wal_insert_lsn() AS text) AS place, clock_timestamp() AS at

-- rewrite_left: segments of the log up to a place, and older ones that wait to be written again.
-- Index: none (function)
-- Role: nrem_maintain
SELECT count(*)
FROM pg_ls_waldir() AS s
WHERE s.name ~ '^[0-9A-F]{24}'
  AND (substr(s.name, 9, 16) <= substr(pg_walfile_name(cast(:place AS pg_lsn)), 9)
    OR (s.modification < cast(:at AS timestamptz)
      AND substr(s.name, 9, 16) > substr(pg_walfile_name(pg_current_wal_insert_lsn()), 9)))

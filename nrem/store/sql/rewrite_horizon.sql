-- rewrite_horizon: what transactions below this number deleted is seen by nobody any more.
-- Index: none (activity)
-- Role: nrem_maintain
SELECT cast(cast(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) - coalesce(max(age(h.xid)), 0)
FROM (
  SELECT unnest(ARRAY[a.backend_xid, a.backend_xmin]) AS xid
  FROM pg_stat_activity AS a
  WHERE a.pid <> pg_backend_pid() AND (a.datname = current_database() OR a.datname IS NULL)
  UNION ALL
  SELECT p.transaction FROM pg_prepared_xacts AS p WHERE p.database = current_database()
  UNION ALL
  SELECT s.xmin FROM pg_replication_slots AS s
) AS h

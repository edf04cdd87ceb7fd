-- heartbeat_read: processes seen not long ago, and how long ago, in seconds.
-- Index: none (one row per process)
-- Role: nrem_worker
SELECT h.process, h.kind, date_part('epoch', clock_timestamp() - h.beat_at) AS age
FROM heartbeats AS h
WHERE h.beat_at > clock_timestamp() - make_interval(secs => cast(:within_seconds AS float8))
ORDER BY h.kind, h.process

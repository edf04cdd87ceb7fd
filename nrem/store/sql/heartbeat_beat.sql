-- heartbeat_beat: says that a process lives, and whether it got anything done since its last beat.
-- Index: heartbeats_pkey
-- Role: nrem_worker
INSERT INTO heartbeats AS h (process, kind, pid, progress_at)
VALUES (cast(:process AS text), cast(:kind AS text), cast(:pid AS int),
        CASE WHEN cast(:has_progress AS bool) THEN clock_timestamp() END)
ON CONFLICT (process) DO UPDATE
SET beat_at = clock_timestamp(), progress_at = coalesce(excluded.progress_at, h.progress_at)

-- session_add: opens explicit sessions; one that exists stays as it is.
-- Index: sessions_external_key
INSERT INTO sessions (org_id, external_id, subject_id, thread_id, metadata, started_at, last_event_at)
SELECT cast(:org_id AS bigint), w.name, w.subject_id, nullif(w.thread_id, 0), w.metadata, w.started_at, app_now()
FROM unnest(
  cast(:names AS text[]), cast(:subject_ids AS bigint[]), cast(:thread_ids AS bigint[]),
  cast(:metadata AS jsonb[]), cast(:started_at AS timestamptz[])
) AS w (name, subject_id, thread_id, metadata, started_at)
ORDER BY w.name
ON CONFLICT (org_id, external_id) DO NOTHING

-- session_add: opens explicit sessions that are missing; takes no lock on those that exist.
-- Index: sessions_external_key
INSERT INTO sessions (
  org_id, external_id, subject_id, thread_id, metadata, session_type, started_at, last_event_at)
SELECT cast(:org_id AS bigint), w.name, w.subject_id, nullif(w.thread_id, 0), w.metadata, w.session_type,
  w.started_at, app_now()
FROM unnest(
  cast(:names AS text[]), cast(:subject_ids AS bigint[]), cast(:thread_ids AS bigint[]),
  cast(:metadata AS jsonb[]), cast(:session_types AS text[]), cast(:started_at AS timestamptz[])
) AS w (name, subject_id, thread_id, metadata, session_type, started_at)
WHERE NOT EXISTS (
  SELECT FROM sessions AS s
  WHERE s.org_id = cast(:org_id AS bigint) AND s.external_id = w.name)
ORDER BY w.name
ON CONFLICT (org_id, external_id) DO NOTHING

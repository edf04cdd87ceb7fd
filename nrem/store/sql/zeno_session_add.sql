-- zeno_session_add: makes a session; one that is there stays as it is.
-- Index: zeno_sessions_place_key
INSERT INTO zeno_sessions (org_id, subject_id, channel, thread_key, sdk_session_id, last_summary, created_at, updated_at)
VALUES (
  cast(:org_id AS bigint), cast(:subject_id AS bigint), cast(:channel AS text), cast(:thread_key AS text),
  cast(:sdk_session_id AS text), cast(:last_summary AS text),
  coalesce(cast(:created_at AS timestamptz), app_now()), coalesce(cast(:updated_at AS timestamptz), app_now()))
ON CONFLICT (org_id, subject_id, channel, thread_key) DO NOTHING

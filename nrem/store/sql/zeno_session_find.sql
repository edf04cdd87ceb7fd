-- zeno_session_find: the session of a person at a channel and thread key; no key is a key of its own.
-- Index: zeno_sessions_place_key
SELECT s.sdk_session_id, s.last_summary, s.created_at, s.updated_at
FROM zeno_sessions AS s
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.subject_id = cast(:subject_id AS bigint)
  AND s.channel = cast(:channel AS text)
  AND CASE WHEN cast(:thread_key AS text) IS NULL THEN s.thread_key IS NULL
      ELSE s.thread_key = cast(:thread_key AS text) END

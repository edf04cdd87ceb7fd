-- zeno_session_touch: says that a session goes on; a summary that is given takes the place of the old one.
-- Index: zeno_sessions_place_key
UPDATE zeno_sessions AS s
SET updated_at = app_now(), last_summary = coalesce(cast(:summary AS text), s.last_summary)
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.subject_id = cast(:subject_id AS bigint)
  AND s.channel = cast(:channel AS text)
  AND CASE WHEN cast(:thread_key AS text) IS NULL THEN s.thread_key IS NULL
      ELSE s.thread_key = cast(:thread_key AS text) END

-- session_add_implicit: opens implicit sessions that are missing, without locks on the others; thread 0 stands for no thread.
-- Index: sessions_implicit_key
INSERT INTO sessions (org_id, subject_id, thread_id, started_at, last_event_at)
SELECT cast(:org_id AS bigint), w.subject_id, nullif(w.thread_id, 0), w.started_at, app_now()
FROM unnest(
  cast(:subject_ids AS bigint[]), cast(:thread_ids AS bigint[]), cast(:started_at AS timestamptz[])
) AS w (subject_id, thread_id, started_at)
WHERE NOT EXISTS (
  SELECT FROM sessions AS s
  WHERE s.org_id = cast(:org_id AS bigint)
    AND s.subject_id = w.subject_id
    AND s.thread_id IS NOT DISTINCT FROM nullif(w.thread_id, 0)
    AND s.external_id IS NULL
    AND s.state = 'open')
ORDER BY w.subject_id, w.thread_id
ON CONFLICT (org_id, subject_id, thread_id) WHERE external_id IS NULL AND state = 'open' DO NOTHING

-- session_lock_implicit: the open implicit session of each (subject, thread), locked in key order.
-- Index: sessions_implicit_key
SELECT s.subject_id, coalesce(s.thread_id, 0) AS thread_id, s.id
FROM sessions AS s
JOIN unnest(cast(:subject_ids AS bigint[]), cast(:thread_ids AS bigint[])) AS w (subject_id, thread_id)
  ON w.subject_id = s.subject_id AND nullif(w.thread_id, 0) IS NOT DISTINCT FROM s.thread_id
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.external_id IS NULL
  AND s.state = 'open'
ORDER BY s.subject_id, s.thread_id
FOR NO KEY UPDATE OF s

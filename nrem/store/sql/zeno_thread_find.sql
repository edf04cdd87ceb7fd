-- zeno_thread_find: a person's thread by its name in the directory.
-- Index: subjects_pkey, threads_external_key
SELECT t.id
FROM subjects AS u
JOIN threads AS t ON t.org_id = u.org_id AND t.agent_id = u.agent_id AND t.external_id = cast(:name AS text)
WHERE u.org_id = cast(:org_id AS bigint)
  AND u.id = cast(:subject_id AS bigint)

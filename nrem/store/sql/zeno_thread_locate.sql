-- zeno_thread_locate: a person by the ids of agent and user, and their thread by its name, where there is one.
-- Index: agents_external_key, users_external_key, subjects_pair_key, threads_external_key, zeno_threads_pkey
SELECT u.id AS subject_id, z.thread_id
FROM agents AS a
JOIN users AS p ON p.org_id = a.org_id AND p.external_id = cast(:user AS text)
JOIN subjects AS u ON u.org_id = a.org_id AND u.agent_id = a.id AND u.user_id = p.id
LEFT JOIN threads AS t ON t.org_id = a.org_id AND t.agent_id = a.id
  AND t.external_id = concat(cast(:before AS text), u.id, cast(:behind AS text))
LEFT JOIN zeno_threads AS z ON z.org_id = t.org_id AND z.thread_id = t.id
WHERE a.org_id = cast(:org_id AS bigint)
  AND a.external_id = cast(:agent AS text)

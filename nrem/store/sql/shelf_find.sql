-- shelf_find: the row numbers of an agent, a person and the two of them; NULL stands for nobody in particular.
-- Index: agents_external_key, users_external_key, subjects_pair_key
SELECT s.agent_id, s.user_id, s.id
FROM agents AS a
LEFT JOIN users AS u ON u.org_id = a.org_id AND u.external_id = cast(:user AS text)
JOIN subjects AS s ON s.org_id = a.org_id AND s.agent_id = a.id AND s.user_id IS NOT DISTINCT FROM u.id
WHERE a.org_id = cast(:org_id AS bigint)
  AND a.external_id = cast(:agent AS text)
  AND (u.id IS NULL) = (cast(:user AS text) IS NULL)

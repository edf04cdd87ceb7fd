-- erase_name: what the target of an erasure is called by callers; a memory and an org have no name.
-- Index: users_pkey, agents_pkey, sessions_pkey
SELECT CASE cast(:kind AS text)
  WHEN 'user' THEN (SELECT u.external_id FROM users AS u WHERE u.org_id = cast(:org_id AS bigint) AND u.id = cast(:target_id AS bigint))
  WHEN 'agent' THEN (SELECT a.external_id FROM agents AS a WHERE a.org_id = cast(:org_id AS bigint) AND a.id = cast(:target_id AS bigint))
  WHEN 'session' THEN (SELECT s.external_id FROM sessions AS s WHERE s.org_id = cast(:org_id AS bigint) AND s.id = cast(:target_id AS bigint))
END AS name

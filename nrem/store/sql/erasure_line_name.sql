-- erasure_line_name: the next targets of a kind that an org has, with what callers call them; a memory is called nothing.
-- Index: users_pkey, agents_pkey, sessions_pkey, memories_pkey
SELECT n.id, n.name
FROM (
  SELECT u.id, u.external_id AS name
  FROM users AS u
  WHERE cast(:kind AS text) = 'user' AND u.org_id = cast(:org_id AS bigint) AND u.id > cast(:after AS bigint)
  UNION ALL
  SELECT a.id, a.external_id
  FROM agents AS a
  WHERE cast(:kind AS text) = 'agent' AND a.org_id = cast(:org_id AS bigint) AND a.id > cast(:after AS bigint)
  UNION ALL
  SELECT s.id, s.external_id
  FROM sessions AS s
  WHERE cast(:kind AS text) = 'session' AND s.org_id = cast(:org_id AS bigint) AND s.id > cast(:after AS bigint)
    AND s.external_id IS NOT NULL
  UNION ALL
  SELECT m.id, NULL
  FROM memories AS m
  WHERE cast(:kind AS text) = 'memory' AND m.org_id = cast(:org_id AS bigint) AND m.id > cast(:after AS bigint)
  UNION ALL
  SELECT 0, ''
  FROM orgs AS o
  WHERE cast(:kind AS text) = 'org' AND o.id = cast(:org_id AS bigint) AND 0 > cast(:after AS bigint)
) AS n
ORDER BY n.id
LIMIT cast(:limit AS int)

-- usage_read: how much the org keeps; events and their tokens from what its streams numbered.
-- Index: agents_pkey, users_pkey, conversations_pkey, memories_pkey
SELECT s.events, s.tokens,
       (SELECT count(*) FROM agents AS a WHERE a.org_id = cast(:org_id AS bigint)) AS agents,
       (SELECT count(*) FROM users AS u WHERE u.org_id = cast(:org_id AS bigint)) AS users,
       (SELECT count(*) FROM conversations AS c
        WHERE c.org_id = cast(:org_id AS bigint) AND c.deleted_at IS NULL) AS conversations,
       (SELECT count(*) FROM memories AS m
        WHERE m.org_id = cast(:org_id AS bigint) AND m.state <> 'purged') AS memories
FROM (
  SELECT coalesce(sum(t.last_seq), 0) AS events, coalesce(sum(t.tokens), 0) AS tokens
  FROM streams AS t
  WHERE t.org_id = cast(:org_id AS bigint)
) AS s

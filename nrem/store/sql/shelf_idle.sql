-- shelf_idle: the memories of a shelf, over all users of an agent, that nobody used since an instant, after a number; what is written down counts.
-- Index: memories_upkeep_idx, accesses_waiting_idx, users_pkey
SELECT m.id, u.external_id AS "user", m.access_count + uses.waiting AS access_count
FROM memories AS m
CROSS JOIN LATERAL (
  SELECT count(*) AS waiting, max(x.at) AS last
  FROM accesses AS x
  WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.folded_at IS NULL
) AS uses
LEFT JOIN users AS u ON u.org_id = m.org_id AND u.id = m.user_id
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.agent_id = cast(:agent_id AS bigint)
  AND m.shelf = cast(:shelf AS text)
  AND m.state = 'live'
  AND m.id > cast(:after_id AS bigint)
  AND m.tier = cast(:tier AS text)
  AND NOT m.pinned
  AND m.last_access <= cast(:since AS timestamptz)
  AND (uses.last IS NULL OR uses.last <= cast(:since AS timestamptz))
ORDER BY m.id
LIMIT cast(:limit AS int)

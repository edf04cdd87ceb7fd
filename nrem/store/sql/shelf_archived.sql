-- shelf_archived: the memories of a shelf, over all users of an agent, that were archived before an instant, after a number.
-- Index: memories_upkeep_idx, crossings_pkey
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.agent_id = cast(:agent_id AS bigint)
  AND m.shelf = cast(:shelf AS text)
  AND m.state IN ('archived', 'forgotten')
  AND m.id > cast(:after_id AS bigint)
  -- one that was forgotten since has been archived when its history says
  AND coalesce(
    (SELECT max(c.at) FROM crossings AS c
     WHERE c.org_id = m.org_id AND c.memory_id = m.id AND c.kind = 'state' AND c.after = 'archived'),
    m.state_since) < cast(:before AS timestamptz)
ORDER BY m.id
LIMIT cast(:limit AS int)

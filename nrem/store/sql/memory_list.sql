-- memory_list: row numbers of an org's memories after a cursor, oldest first, as the filters say.
-- Index: memories_pkey, accesses_waiting_idx, redues_pkey
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id > cast(:after_id AS bigint)
  AND m.state <> 'purged'
  AND (cast(:agent_id AS bigint) IS NULL OR m.agent_id = cast(:agent_id AS bigint))
  AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
  AND (cast(:session_id AS bigint) IS NULL OR m.session_id = cast(:session_id AS bigint))
  AND (cast(:type AS text) IS NULL OR m.type = cast(:type AS text))
  AND (
    cast(:tier AS text) IS NULL
    OR m.tier = cast(:tier AS text)
    OR m.pinned
    -- what was used may have escalated already, written down or not; the reader looks again
    OR EXISTS (
      SELECT FROM accesses AS x
      WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.folded_at IS NULL)
  )
  AND CASE
        WHEN cast(:state AS text) IS NULL THEN m.state <> 'forgotten'
        -- what is due may have crossed already, written down or not; the reader looks again
        ELSE m.state = cast(:state AS text) OR m.due_at <= app_now()
             -- due times do not follow the newest policy yet
             OR EXISTS (SELECT FROM redues AS r WHERE r.org_id = cast(:org_id AS bigint))
      END
ORDER BY m.id
LIMIT cast(:limit AS int)

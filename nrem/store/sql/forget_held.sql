-- forget_held: whether a legal hold stands over anything of an agent, or of one user of it.
-- Index: holds_standing_key, memories_pkey, subjects_pair_key
SELECT EXISTS (
  SELECT FROM holds AS h
  WHERE h.org_id = cast(:org_id AS bigint)
    AND h.lifted_at IS NULL
    AND CASE h.kind
          WHEN 'org' THEN true
          WHEN 'agent' THEN h.ref_id = cast(:agent_id AS bigint)
          WHEN 'user' THEN EXISTS (
            SELECT FROM subjects AS s
            WHERE s.org_id = h.org_id AND s.agent_id = cast(:agent_id AS bigint) AND s.user_id = h.ref_id
              AND (cast(:user_id AS bigint) IS NULL OR s.user_id = cast(:user_id AS bigint)))
          ELSE EXISTS (
            SELECT FROM memories AS m
            WHERE m.org_id = h.org_id AND m.id = h.ref_id AND m.agent_id = cast(:agent_id AS bigint)
              AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint)))
        END) AS is_held

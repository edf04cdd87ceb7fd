-- erase_held: whether a legal hold stands over what an erasure is about: over its target, over the org, or over anything of the target.
-- Index: holds_standing_key, memories_pkey, subjects_pair_key, sessions_pkey
SELECT EXISTS (
  SELECT FROM holds AS h
  WHERE h.org_id = cast(:org_id AS bigint)
    AND h.lifted_at IS NULL
    AND (h.kind = 'org' OR cast(:kind AS text) = 'org'
         OR (h.kind = cast(:kind AS text) AND h.ref_id = cast(:target_id AS bigint))
         OR EXISTS (
           SELECT FROM subjects AS s
           WHERE s.org_id = h.org_id
             AND CASE cast(:kind AS text)
                   WHEN 'user' THEN s.user_id = cast(:target_id AS bigint)
                   WHEN 'agent' THEN s.agent_id = cast(:target_id AS bigint)
                   WHEN 'session' THEN s.id IN (
                     SELECT x.subject_id FROM sessions AS x
                     WHERE x.org_id = h.org_id AND x.id = cast(:target_id AS bigint))
                   ELSE s.id IN (
                     SELECT m.subject_id FROM memories AS m
                     WHERE m.org_id = h.org_id AND m.id = cast(:target_id AS bigint))
                 END
             AND CASE h.kind WHEN 'user' THEN s.user_id = h.ref_id WHEN 'agent' THEN s.agent_id = h.ref_id ELSE false END)
         OR (h.kind = 'memory' AND EXISTS (
           SELECT FROM memories AS m
           WHERE m.org_id = h.org_id AND m.id = h.ref_id
             AND CASE cast(:kind AS text)
                   WHEN 'user' THEN m.user_id = cast(:target_id AS bigint)
                   WHEN 'agent' THEN m.agent_id = cast(:target_id AS bigint)
                   WHEN 'session' THEN m.session_id = cast(:target_id AS bigint)
                   ELSE false
                 END)))) AS is_held

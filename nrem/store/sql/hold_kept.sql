-- hold_kept: which of these memories a standing hold keeps.
-- Index: memories_pkey, holds_standing_key
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
  AND EXISTS (
    SELECT FROM holds AS h
    WHERE h.org_id = m.org_id AND h.lifted_at IS NULL
      AND (h.kind = 'org' OR (h.kind, h.ref_id) IN (('agent', m.agent_id), ('user', m.user_id), ('memory', m.id))))
ORDER BY m.id

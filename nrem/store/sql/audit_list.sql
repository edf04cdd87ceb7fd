-- audit_list: entries of the trail, newest first, with the callers' ids behind the numbers; NULL means any.
-- Index: audit_pkey
SELECT e.id, e.operation, e.at, e.key_row_id, e.run_id, a.external_id AS agent, u.external_id AS "user",
       e.memory_id, e.memory_type, e.memory_ids, host(e.address) AS address, e.details
FROM audit AS e
LEFT JOIN agents AS a ON a.org_id = e.org_id AND a.id = e.agent_id
LEFT JOIN users AS u ON u.org_id = e.org_id AND u.id = e.user_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND (cast(:operation AS text) IS NULL OR e.operation = cast(:operation AS text))
  AND (cast(:agent_id AS bigint) IS NULL OR e.agent_id = cast(:agent_id AS bigint))
  AND (cast(:user_id AS bigint) IS NULL OR e.user_id = cast(:user_id AS bigint))
  AND (cast(:memory_id AS bigint) IS NULL
    OR e.memory_id = cast(:memory_id AS bigint) OR cast(:memory_id AS bigint) = ANY(e.memory_ids))
ORDER BY e.id DESC
LIMIT cast(:limit AS bigint) OFFSET cast(:offset AS bigint)

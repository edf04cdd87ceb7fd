-- agent_rename: gives an agent another id; all it has names it by its row.
-- Index: agents_external_key
UPDATE agents AS a
SET external_id = cast(:new AS text)
WHERE a.org_id = cast(:org_id AS bigint)
  AND a.external_id = cast(:old AS text)
RETURNING a.id

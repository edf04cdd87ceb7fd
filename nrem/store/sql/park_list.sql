-- park_list: what is set aside and not resolved, oldest first, over all orgs.
-- Index: parked_pkey
-- Role: nrem_worker
SELECT p.org_id, p.id, p.pass AS pass_name, p.item_kind, p.item_id, p.reason, p.error_class, p.attempts, p.parked_at
FROM parked AS p
WHERE p.resolved_at IS NULL
  AND (cast(:id AS bigint) IS NULL OR p.id = cast(:id AS bigint))
ORDER BY p.org_id, p.id
LIMIT cast(:limit AS int)

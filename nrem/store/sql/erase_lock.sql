-- erase_lock: one erasure as it stands, for whoever changes it.
-- Index: erasures_pkey
SELECT e.org_id, e.id, e.kind, e.target_id, e.target_hash, e.state, e.step, e.reached, e.requested_by, e.confirmed_by,
       e.requested_at, e.due_by, e.preview_hash, e.preview, e.manifest, e.deleted_counts, e.measured, e.scan, e.instants,
       e.error, e.receipt, e.receipt_hash
FROM erasures AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = cast(:id AS bigint)
FOR NO KEY UPDATE OF e

-- closure_empty_previews: empties the previews that may show something of subjects, and those that are being made.
-- Index: previews_expiry_idx
UPDATE previews AS p
SET state = 'expired', changes = '[]'
WHERE p.org_id = cast(:org_id AS bigint)
  AND p.state <> 'expired'
  AND (p.subject_id IS NULL OR p.subject_id = ANY(cast(:subject_ids AS bigint[])))

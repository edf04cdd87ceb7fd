-- preview_approve: has what a preview shows be done.
-- Index: previews_pkey
UPDATE previews AS p
SET state = 'approved'
WHERE p.org_id = cast(:org_id AS bigint)
  AND p.id = cast(:id AS bigint)
  AND p.state = 'ready'
  AND p.expires_at > app_now()
RETURNING p.id

-- preview_read: a preview of the org; one whose time is over shows nothing any more, swept or not.
-- Index: previews_pkey
SELECT p.id, p.pass AS pass_name, p.subject_id,
       CASE WHEN p.expires_at <= app_now() THEN 'expired' ELSE p.state END AS state,
       CASE WHEN p.expires_at <= app_now() THEN '[]' ELSE p.changes END AS changes,
       p.asked_at, p.answered_at, p.expires_at, p.digest, p.steps, p.read, p.proposed, p.outcome, p.reason, p.run_ids
FROM previews AS p
WHERE p.org_id = cast(:org_id AS bigint)
  AND p.id = cast(:id AS bigint)

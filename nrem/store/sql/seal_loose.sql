-- seal_loose: how many lines of a trail wait for their seals, and the first that neither has one nor waits.
-- Index: audit_pkey, seals_audit_key, seal_queue_pkey
-- Role: nrem_worker
SELECT count(*) FILTER (WHERE q.audit_id IS NOT NULL) AS waiting,
       min(e.id) FILTER (WHERE q.audit_id IS NULL) AS first_unknown
FROM audit AS e
LEFT JOIN seal_queue AS q ON q.org_id = e.org_id AND q.audit_id = e.id
WHERE e.org_id = cast(:org_id AS bigint)
  AND NOT EXISTS (SELECT FROM seals AS s WHERE s.org_id = e.org_id AND s.audit_id = e.id)

-- seal_waiting: the oldest lines of all trails that wait for their seals, by org.
-- Index: seal_queue_audit_idx
-- Role: nrem_worker
SELECT w.org_id, array_agg(w.audit_id) AS audit_ids
FROM (
  SELECT q.org_id, q.audit_id
  FROM seal_queue AS q
  ORDER BY q.audit_id
  LIMIT cast(:limit AS int)
) AS w
GROUP BY w.org_id
ORDER BY w.org_id

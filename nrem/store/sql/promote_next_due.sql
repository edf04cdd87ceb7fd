-- promote_next_due: whether the subject has memories that promote has not looked at, and whether one of them has all it needs.
-- Index: promote_queue_pkey, inbox_pkey
-- Role: nrem_worker
SELECT count(*) > 0 AS is_waiting,
       coalesce(bool_or(NOT EXISTS (
         SELECT FROM inbox AS i
         WHERE i.org_id = q.org_id AND i.pass = 'embed' AND i.item_kind = 'memory' AND i.item_id = q.memory_id
       )), false) AS is_ready
FROM (
  SELECT p.org_id, p.memory_id
  FROM promote_queue AS p
  WHERE p.org_id = cast(:org_id AS bigint)
    AND p.subject_id = cast(:subject_id AS bigint)
  LIMIT 100
) AS q

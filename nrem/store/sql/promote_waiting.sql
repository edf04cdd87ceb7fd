-- promote_waiting: the subject's memories that promote has not looked at, and which of them still wait for a vector.
-- Index: promote_queue_pkey, inbox_pkey
-- Role: nrem_worker
SELECT q.memory_id,
       EXISTS (
         SELECT FROM inbox AS i
         WHERE i.org_id = q.org_id AND i.pass = 'embed' AND i.item_kind = 'memory' AND i.item_id = q.memory_id
       ) AS is_unembedded
FROM promote_queue AS q
WHERE q.org_id = cast(:org_id AS bigint)
  AND q.subject_id = cast(:subject_id AS bigint)
ORDER BY is_unembedded, q.memory_id
LIMIT cast(:limit AS int)

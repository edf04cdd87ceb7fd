-- promote_is_waiting: whether promote has yet to look at a memory.
-- Index: promote_queue_pkey
SELECT EXISTS (
  SELECT FROM promote_queue AS q
  WHERE q.org_id = cast(:org_id AS bigint)
    AND q.subject_id = cast(:subject_id AS bigint)
    AND q.memory_id = cast(:memory_id AS bigint)
) AS is_waiting

-- promote_done: takes memories off the queue that are as they were looked at; who was rewritten since stays.
-- Index: promote_queue_pkey
-- Role: nrem_worker
DELETE FROM promote_queue AS q
USING unnest(cast(:memory_ids AS bigint[]), cast(:versions AS int[])) AS w (memory_id, version)
WHERE q.org_id = cast(:org_id AS bigint)
  AND q.subject_id = cast(:subject_id AS bigint)
  AND q.memory_id = w.memory_id
  AND NOT EXISTS (
    SELECT FROM memories AS m
    WHERE m.org_id = cast(:org_id AS bigint) AND m.id = w.memory_id AND m.version <> w.version)

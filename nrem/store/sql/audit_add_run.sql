-- audit_add_run: adds the entry of a run that changed something: which memories, as it wrote them down.
-- Index: audit_pkey, run_changes_pkey
-- Role: nrem_worker
WITH added AS (
  INSERT INTO audit (org_id, operation, at, run_id, memory_ids, details)
  SELECT cast(:org_id AS bigint), 'run', app_now(), cast(:run_id AS bigint),
    ARRAY(
      SELECT g.memory_id FROM unnest(cast(:memory_ids AS bigint[])) AS g (memory_id)
      UNION
      SELECT c.memory_id FROM run_changes AS c
      WHERE c.org_id = cast(:org_id AS bigint) AND c.run_id = cast(:run_id AS bigint)
      ORDER BY memory_id),
    cast(:details AS jsonb)
  RETURNING org_id, id
)
INSERT INTO seal_queue (org_id, audit_id)
SELECT a.org_id, a.id FROM added AS a

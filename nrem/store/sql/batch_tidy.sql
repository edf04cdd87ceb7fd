-- batch_tidy: destroys the bodies of calls of a batch that answer what nobody asks any more, that have no good reply, or (is_last) that nobody came for; answers how many, and how many waits are left.
-- Index: llm_calls_batch_idx, llm_batch_waits_pkey
-- Role: nrem_worker
WITH gone AS (
  DELETE FROM llm_batch_waits AS w
  USING llm_calls AS c
  WHERE c.org_id = cast(:org_id AS bigint)
    AND c.batch_id = cast(:id AS bigint)
    AND w.org_id = c.org_id
    AND w.call_id = c.id
    AND (w.state <> 'waiting' OR c.status <> 'ok' OR cast(:is_last AS bool))
  RETURNING w.call_id
), emptied AS (
  UPDATE llm_calls AS c
  SET request = NULL, reply = NULL
  WHERE c.org_id = cast(:org_id AS bigint)
    AND c.id IN (SELECT g.call_id FROM gone AS g)
    AND NOT EXISTS (
      SELECT FROM llm_batch_waits AS w
      WHERE w.org_id = c.org_id AND w.call_id = c.id
        AND (w.state = 'taken' OR w.state = 'waiting' AND c.status = 'ok' AND NOT cast(:is_last AS bool)))
  RETURNING c.id
)
SELECT (SELECT count(*) FROM emptied) AS emptied,
       (SELECT count(*)
        FROM llm_calls AS c
        JOIN llm_batch_waits AS w ON w.org_id = c.org_id AND w.call_id = c.id
        WHERE c.org_id = cast(:org_id AS bigint) AND c.batch_id = cast(:id AS bigint)
          AND w.state = 'waiting' AND c.status = 'ok' AND NOT cast(:is_last AS bool)) AS waiting

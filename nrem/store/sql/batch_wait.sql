-- batch_wait: a stream of a pass waits for a call; what it used of earlier batches is not followed any more.
-- Index: llm_batch_waits_pkey, llm_batch_waits_stream_idx
-- Role: nrem_worker
WITH used AS (
  DELETE FROM llm_batch_waits AS w
  WHERE w.org_id = cast(:org_id AS bigint)
    AND w.pass = cast(:pass AS text)
    AND w.stream_id = cast(:stream_id AS bigint)
    AND w.state = 'taken'
)
INSERT INTO llm_batch_waits (org_id, call_id, pass, stream_id)
VALUES (cast(:org_id AS bigint), cast(:call_id AS bigint), cast(:pass AS text), cast(:stream_id AS bigint))
ON CONFLICT (org_id, call_id, pass, stream_id) DO NOTHING

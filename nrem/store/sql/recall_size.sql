-- recall_size: how many vectors the agent has, counted up to a bound.
-- Index: embeddings_agent_idx
SELECT count(*) AS size
FROM (
  SELECT
  FROM embeddings AS e
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.agent_id = cast(:agent_id AS bigint)
  LIMIT cast(:bound AS int)
) AS bounded

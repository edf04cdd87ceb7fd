-- recall_scope: the subject of an agent and a user, and how many vectors the scope has, counted up to a bound.
-- Index: subjects_pair_key, embeddings_agent_idx
WITH subject AS (
  SELECT s.id
  FROM subjects AS s
  WHERE s.org_id = cast(:org_id AS bigint)
    AND s.agent_id = cast(:agent_id AS bigint)
    AND s.user_id = cast(:user_id AS bigint)
)
SELECT (SELECT subject.id FROM subject) AS subject_id, count(*) AS size
FROM (
  SELECT
  FROM embeddings AS e
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.agent_id = cast(:agent_id AS bigint)
    AND (cast(:user_id AS bigint) IS NULL OR e.subject_id = (SELECT subject.id FROM subject))
  LIMIT cast(:bound AS int)
) AS bounded

-- recall_scope: the subject of an agent and a user, how many vectors the scope has, how many of its memories may have left it unwritten, both counted up to a bound, and whether any is true no more.
-- Index: subjects_pair_key, embeddings_agent_idx, memories_due_idx, memories_superseded_idx
WITH subject AS (
  SELECT s.id
  FROM subjects AS s
  WHERE s.org_id = cast(:org_id AS bigint)
    AND s.agent_id = cast(:agent_id AS bigint)
    AND s.user_id = cast(:user_id AS bigint)
)
SELECT (SELECT subject.id FROM subject) AS subject_id, count(*) AS size,
       (SELECT count(*)
        FROM (
          SELECT
          FROM memories AS m
          WHERE m.org_id = cast(:org_id AS bigint)
            AND m.state IN ('live', 'archived')
            AND m.due_at < 'infinity'
            AND m.due_at <= app_now()
            AND m.state = 'live'
            AND m.agent_id = cast(:agent_id AS bigint)
          LIMIT cast(:bound AS int)
        ) AS due) AS doubtful,
       EXISTS (
         SELECT
         FROM memories AS m
         WHERE m.org_id = cast(:org_id AS bigint)
           AND m.agent_id = cast(:agent_id AS bigint)
           AND m.true_until IS NOT NULL) AS has_superseded
FROM (
  SELECT
  FROM embeddings AS e
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.agent_id = cast(:agent_id AS bigint)
    AND (cast(:user_id AS bigint) IS NULL OR e.subject_id = (SELECT subject.id FROM subject))
  LIMIT cast(:bound AS int)
) AS bounded

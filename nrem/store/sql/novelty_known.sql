-- novelty_known: of the newest memories of each subject, those that hold some of the words asked about, and which.
-- Index: memories_subject_idx, lexemes_pkey
WITH subject AS (
  SELECT w.subject_id, w.agent_id, w.user_id
  FROM unnest(cast(:subject_ids AS bigint[]), cast(:agent_ids AS bigint[]), cast(:user_ids AS bigint[]))
    AS w (subject_id, agent_id, user_id)
), newest AS MATERIALIZED (
  SELECT s.subject_id, s.agent_id, n.id, n.is_live, n.is_due,
         row_number() OVER (PARTITION BY s.subject_id ORDER BY n.id DESC) AS place
  FROM subject AS s
  CROSS JOIN LATERAL (
    (SELECT m.id, m.due_at <= app_now() AS is_due,
            m.state = 'live' AS is_live
     FROM memories AS m
     WHERE m.org_id = cast(:org_id AS bigint)
       AND m.agent_id = s.agent_id
       AND m.user_id = s.user_id
     ORDER BY m.id DESC
     LIMIT cast(:window AS int))
    UNION ALL
    (SELECT m.id, m.due_at <= app_now() AS is_due,
            m.state = 'live' AS is_live
     FROM memories AS m
     WHERE m.org_id = cast(:org_id AS bigint)
       AND m.agent_id = s.agent_id
       AND m.user_id IS NULL
       AND s.user_id = 0
     ORDER BY m.id DESC
     LIMIT cast(:window AS int))
  ) AS n
), live AS (
  SELECT n.subject_id, n.agent_id, array_agg(n.id) AS ids
  FROM newest AS n
  WHERE n.is_live
  GROUP BY n.subject_id, n.agent_id
), hit AS MATERIALIZED (
  SELECT v.subject_id, l.item_id, w.lexeme
  FROM live AS v
  JOIN unnest(cast(:word_subject_ids AS bigint[]), cast(:lexemes AS text[])) AS w (subject_id, lexeme)
    ON w.subject_id = v.subject_id
  CROSS JOIN LATERAL (
    -- by the whole key for each word: a long memory costs no more than a short one
    SELECT l.item_id
    FROM lexemes AS l
    WHERE l.org_id = cast(:org_id AS bigint)
      AND l.agent_id = v.agent_id
      AND l.lexeme = w.lexeme
      AND l.item_kind = 'memory'
      AND l.item_id = ANY(v.ids)
    OFFSET 0
  ) AS l
)
SELECT n.subject_id, n.id, n.place, n.is_due, array_agg(h.lexeme) AS lexemes
FROM hit AS h
JOIN newest AS n ON n.subject_id = h.subject_id AND n.id = h.item_id
GROUP BY n.subject_id, n.id, n.place, n.is_due

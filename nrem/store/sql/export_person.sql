-- export_person: who a person is, where they are talked to, and what is kept of them as a whole.
-- Index: users_pkey, subjects_pkey, agents_pkey, threads_pkey, cards_pkey, card_values_pkey, observation_logs_pkey, conversations_pkey, conversation_turns_pkey, previews_pkey, holds_standing_key, zeno_sessions_place_key, zeno_threads_subject_idx, zeno_watermarks_pkey, vectors_user_idx
WITH whose AS (
  SELECT s.id, s.agent_id
  FROM subjects AS s
  WHERE s.org_id = cast(:org_id AS bigint) AND s.id = ANY(cast(:subject_ids AS bigint[]))
), spoken AS (
  SELECT c.id FROM conversations AS c
  WHERE c.org_id = cast(:org_id AS bigint) AND c.user_id = cast(:user_id AS bigint)
)
SELECT 'users' AS "table", to_jsonb(t) AS "row" FROM users AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.id = cast(:user_id AS bigint)
UNION ALL
SELECT 'agents', to_jsonb(t) FROM agents AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.id IN (SELECT w.agent_id FROM whose AS w)
UNION ALL
SELECT 'subjects', to_jsonb(t) FROM subjects AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.id IN (SELECT w.id FROM whose AS w)
UNION ALL
SELECT 'threads', to_jsonb(t) FROM threads AS t
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.id IN (
    SELECT s.thread_id FROM sessions AS s
    WHERE s.org_id = cast(:org_id AS bigint) AND s.subject_id IN (SELECT w.id FROM whose AS w)
    UNION
    SELECT z.thread_id FROM zeno_threads AS z
    WHERE z.org_id = cast(:org_id AS bigint) AND z.subject_id IN (SELECT w.id FROM whose AS w))
UNION ALL
SELECT 'cards', to_jsonb(t) FROM cards AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.subject_id IN (SELECT w.id FROM whose AS w)
UNION ALL
SELECT 'card_values', to_jsonb(t) FROM card_values AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.subject_id IN (SELECT w.id FROM whose AS w)
UNION ALL
SELECT 'observation_logs', to_jsonb(t) FROM observation_logs AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.subject_id IN (SELECT w.id FROM whose AS w)
UNION ALL
SELECT 'conversations', to_jsonb(t) FROM conversations AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.id IN (SELECT p.id FROM spoken AS p)
UNION ALL
SELECT 'conversation_turns', to_jsonb(t) FROM conversation_turns AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.conversation_id IN (SELECT p.id FROM spoken AS p)
UNION ALL
SELECT 'previews', to_jsonb(t) FROM previews AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.subject_id IN (SELECT w.id FROM whose AS w)
UNION ALL
SELECT 'holds', to_jsonb(t) FROM holds AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.kind = 'user' AND t.ref_id = cast(:user_id AS bigint)
UNION ALL
SELECT 'zeno_sessions', to_jsonb(t) FROM zeno_sessions AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.subject_id IN (SELECT w.id FROM whose AS w)
UNION ALL
SELECT 'zeno_threads', to_jsonb(t) FROM zeno_threads AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.subject_id IN (SELECT w.id FROM whose AS w)
UNION ALL
SELECT 'zeno_watermarks', to_jsonb(t) FROM zeno_watermarks AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.subject_id IN (SELECT w.id FROM whose AS w)
UNION ALL
SELECT 'vectors', to_jsonb(t) FROM vectors AS t
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.agent_id IN (SELECT a.id FROM agents AS a WHERE a.org_id = cast(:org_id AS bigint))
  AND t.user_id = cast(:user_id AS bigint)

-- erasure_line_asked: how often providers of paid models were asked about whom an erasure is about, and when last.
-- Index: llm_calls_pkey
-- Role: nrem_worker
SELECT count(*) AS requests, max(c.started_at) AS last_at
FROM llm_calls AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.request_id IS NOT NULL
  AND (cast(:kind AS text) = 'org' OR c.subject_id IN (
    SELECT s.id
    FROM subjects AS s
    WHERE s.org_id = cast(:org_id AS bigint)
      AND CASE cast(:kind AS text)
        WHEN 'user' THEN s.user_id = cast(:target_id AS bigint)
        WHEN 'agent' THEN s.agent_id = cast(:target_id AS bigint)
        WHEN 'session' THEN s.id = (
          SELECT t.subject_id FROM sessions AS t
          WHERE t.org_id = cast(:org_id AS bigint) AND t.id = cast(:target_id AS bigint))
        WHEN 'memory' THEN s.id = (
          SELECT m.subject_id FROM memories AS m
          WHERE m.org_id = cast(:org_id AS bigint) AND m.id = cast(:target_id AS bigint))
        END))

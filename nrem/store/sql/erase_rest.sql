-- erase_rest: deletes whatever else hangs on the subjects, sessions, threads and directory rows of an erasure, and these themselves.
-- Index: none (what is left of an erasure)
-- Role: nrem_worker
WITH i AS MATERIALIZED (
  SELECT x.kind, x.item_id
  FROM erasure_items AS x
  WHERE x.org_id = cast(:org_id AS bigint) AND x.erasure_id = cast(:erasure_id AS bigint)
), renamed AS (
  -- belongs from now on to one of those who said something in it
  UPDATE sessions AS x
  SET external_id = 'erased-' || x.id, metadata = '{}', session_type = 'conversation',
      thread_id = CASE WHEN x.thread_id NOT IN (SELECT t.item_id FROM i AS t WHERE t.kind = 'thread') THEN x.thread_id END,
      subject_id = coalesce(
        (SELECT min(e.subject_id) FROM events AS e WHERE e.org_id = x.org_id AND e.session_id = x.id),
        (SELECT min(m.subject_id) FROM memories AS m WHERE m.org_id = x.org_id AND m.session_id = x.id), x.subject_id)
  FROM i
  WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'shared' AND x.id = i.item_id
), summaries AS (
  UPDATE zeno_sessions AS z
  SET last_summary = NULL
  FROM i
  WHERE z.org_id = cast(:org_id AS bigint) AND i.kind = 'touched' AND z.subject_id = i.item_id
    AND z.subject_id NOT IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')
), shown AS (
  DELETE FROM previews AS x USING i WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'preview' AND x.id = i.item_id
), asked AS (
  DELETE FROM jobs AS x USING i WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'job' AND x.id = i.item_id
), lifted AS (
  DELETE FROM holds AS x USING i WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'hold' AND x.id = i.item_id
), titled AS (
  DELETE FROM conversations AS x USING i
  WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'conversation' AND x.id = i.item_id
), sorted AS (
  DELETE FROM datasets AS x USING i WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'dataset' AND x.id = i.item_id
), brought AS (
  DELETE FROM vectors AS x
  WHERE x.org_id = cast(:org_id AS bigint)
    AND (x.user_id IN (SELECT i.item_id FROM i WHERE i.kind = 'user') OR x.agent_id IN (SELECT i.item_id FROM i WHERE i.kind = 'agent'))
), stated AS (
  DELETE FROM attributes AS x
  WHERE x.org_id = cast(:org_id AS bigint) AND x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')
), waiting AS (
  DELETE FROM promote_queue AS x
  WHERE x.org_id = cast(:org_id AS bigint) AND x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')
), queued AS (
  DELETE FROM inbox AS x
  WHERE x.org_id = cast(:org_id AS bigint)
    AND (x.session_id IN (SELECT i.item_id FROM i WHERE i.kind = 'session')
         OR EXISTS (SELECT FROM i WHERE i.kind = x.item_kind AND i.item_id = x.item_id))
), parked AS (
  DELETE FROM parked AS x
  WHERE x.org_id = cast(:org_id AS bigint)
    AND EXISTS (
      SELECT FROM i
      WHERE i.item_id = x.item_id
        AND CASE x.item_kind WHEN 'turn' THEN i.kind IN ('event', 'said') WHEN 'event' THEN i.kind IN ('event', 'said')
                             ELSE i.kind = x.item_kind END)
), repeats AS (
  DELETE FROM replays AS x WHERE x.org_id = cast(:org_id AS bigint) AND cast(:kind AS text) = 'org'
), imports AS (
  DELETE FROM carried AS x WHERE x.org_id = cast(:org_id AS bigint) AND cast(:kind AS text) = 'org'
), spoken AS (
  DELETE FROM sessions AS x USING i WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'session' AND x.id = i.item_id
), run AS (
  DELETE FROM streams AS x USING i
  WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'stream' AND x.id = i.item_id
    -- of a shared session, the others' events stand in it
    AND NOT EXISTS (SELECT FROM events AS e WHERE e.org_id = x.org_id AND e.stream_id = x.id)
), followed AS (
  DELETE FROM threads AS x USING i WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'thread' AND x.id = i.item_id
), told AS (
  DELETE FROM subjects AS x USING i WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'subject' AND x.id = i.item_id
), known AS (
  DELETE FROM users AS x USING i WHERE x.org_id = cast(:org_id AS bigint) AND i.kind = 'user' AND x.id = i.item_id
)
DELETE FROM agents AS x USING i
WHERE x.org_id = cast(:org_id AS bigint)
  AND i.kind = 'agent'
  AND x.id = i.item_id

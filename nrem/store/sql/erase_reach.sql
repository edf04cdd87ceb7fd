-- erase_reach: notes whom and where an erasure is about: subjects, sessions, threads, directory rows, and what hangs on these.
-- Index: none (an erasure looks through the whole org)
-- Role: nrem_worker
WITH g AS (
  SELECT cast(:org_id AS bigint) AS org_id, cast(:kind AS text) AS kind, cast(:target_id AS bigint) AS target_id
), s AS (
  SELECT u.id
  FROM g
  JOIN subjects AS u ON u.org_id = g.org_id
  WHERE g.kind = 'org' OR (g.kind = 'agent' AND u.agent_id = g.target_id) OR (g.kind = 'user' AND u.user_id = g.target_id)
), c AS (
  SELECT a.id
  FROM g
  JOIN agents AS a ON a.org_id = g.org_id
  WHERE g.kind = 'org' OR (g.kind = 'agent' AND a.id = g.target_id)
), p AS (
  SELECT u.id
  FROM g
  JOIN users AS u ON u.org_id = g.org_id
  WHERE g.kind = 'org' OR (g.kind = 'user' AND u.id = g.target_id)
), n AS (
  SELECT x.id, x.thread_id
  FROM g
  JOIN sessions AS x ON x.org_id = g.org_id
  WHERE (g.kind = 'session' AND x.id = g.target_id) OR x.subject_id IN (SELECT s.id FROM s)
), t AS (
  -- of several people, a thread stays with those who are left
  SELECT d.id
  FROM g
  JOIN threads AS d ON d.org_id = g.org_id
  WHERE d.agent_id IN (SELECT c.id FROM c)
    OR ((d.id IN (SELECT n.thread_id FROM n)
         OR EXISTS (
           SELECT FROM streams AS m
           JOIN events AS e ON e.org_id = m.org_id AND e.stream_id = m.id
           WHERE m.org_id = g.org_id AND m.kind = 'thread' AND m.ref_id = d.id AND e.subject_id IN (SELECT s.id FROM s))
         OR EXISTS (
           SELECT FROM zeno_threads AS z
           WHERE z.org_id = g.org_id AND z.thread_id = d.id AND z.subject_id IN (SELECT s.id FROM s)))
        AND NOT EXISTS (
          SELECT FROM sessions AS x
          WHERE x.org_id = g.org_id AND x.thread_id = d.id AND x.id NOT IN (SELECT n.id FROM n))
        AND NOT EXISTS (
          SELECT FROM streams AS m
          JOIN events AS e ON e.org_id = m.org_id AND e.stream_id = m.id
          WHERE m.org_id = g.org_id AND m.kind = 'thread' AND m.ref_id = d.id
            AND e.subject_id NOT IN (SELECT s.id FROM s)
            AND NOT (e.session_id IN (SELECT n.id FROM n)
                     AND (g.kind = 'session' OR EXISTS (
                       SELECT FROM subjects AS o
                       WHERE o.org_id = e.org_id AND o.id = e.subject_id AND o.user_id IS NULL))))
        AND NOT EXISTS (
          SELECT FROM zeno_threads AS z
          WHERE z.org_id = g.org_id AND z.thread_id = d.id AND z.subject_id NOT IN (SELECT s.id FROM s)))
), w AS (
  SELECT 'subject' AS kind, s.id FROM s
  UNION ALL
  SELECT 'agent', c.id FROM c
  UNION ALL
  SELECT 'user', p.id FROM p
  UNION ALL
  SELECT 'session', n.id FROM n
  UNION ALL
  SELECT 'thread', t.id FROM t
  UNION ALL
  SELECT 'conversation', v.id
  FROM g
  JOIN conversations AS v ON v.org_id = g.org_id
  WHERE v.agent_id IN (SELECT c.id FROM c) OR v.user_id IN (SELECT p.id FROM p)
  UNION ALL
  SELECT 'job', j.id
  FROM g
  JOIN jobs AS j ON j.org_id = g.org_id
  WHERE g.kind = 'org' OR j.agent_id IN (SELECT c.id FROM c)
  UNION ALL
  SELECT 'dataset', d.id FROM g JOIN datasets AS d ON d.org_id = g.org_id WHERE g.kind = 'org'
)
INSERT INTO erasure_items (org_id, erasure_id, kind, item_id)
SELECT cast(:org_id AS bigint), cast(:erasure_id AS bigint), w.kind, w.id
FROM w
ORDER BY w.kind, w.id

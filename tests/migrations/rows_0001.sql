-- Two orgs with every kind of row that the first schema knows; parted by lines that end with `;`.
INSERT INTO orgs (name) VALUES ('one'), ('two');
INSERT INTO policies (org_id, version, body) SELECT id, 1, '{"tiers": {"short_idle_days": 3}}' FROM orgs;
INSERT INTO agents (org_id, external_id) SELECT id, 'agent' FROM orgs;
INSERT INTO users (org_id, external_id) SELECT id, 'user' FROM orgs;
INSERT INTO subjects (org_id, agent_id, user_id)
  SELECT a.org_id, a.id, u.id FROM agents AS a JOIN users AS u ON u.org_id = a.org_id;
INSERT INTO streams (org_id, kind, ref_id, last_seq) SELECT org_id, 'subject', id, 4 FROM subjects;
INSERT INTO events (org_id, kind, stream_id, seq, subject_id, occurred_at, recorded_at, body, body_hash)
  SELECT s.org_id, 'memory', t.id, n, s.id, %(now)s, %(now)s, '{"content": "fact"}', 'x'
  FROM subjects AS s JOIN streams AS t ON t.org_id = s.org_id AND t.ref_id = s.id, generate_series(1, 4) AS n;
INSERT INTO derivations (org_id, child_kind, child_id, event_id) SELECT org_id, 'memory', id, id FROM events;
INSERT INTO memories (
  org_id, id, subject_id, agent_id, user_id, type, tier, state, state_since, state_reason, content, content_hash,
  importance, trust, occurred_at, recorded_at, valid_from, last_access, due_at)
  SELECT e.org_id, e.id, e.subject_id, s.agent_id, s.user_id, 'episodic', 'long',
         (ARRAY['live', 'live', 'archived', 'forgotten'])[e.seq], %(now)s + (e.seq - 1) * interval '1 day',
         (ARRAY[NULL, NULL, 'idle', 'faded'])[e.seq], 'fact ' || e.seq, 'x', 0.5, 'user', e.occurred_at,
         e.recorded_at, e.recorded_at, e.recorded_at,
         CASE WHEN e.seq = 4 THEN 'infinity' ELSE %(now)s + interval '30 days' END
  FROM events AS e JOIN subjects AS s ON s.org_id = e.org_id AND s.id = e.subject_id;
INSERT INTO lexemes (org_id, agent_id, lexeme, item_kind, item_id, tf, length)
  SELECT org_id, agent_id, 'fact', 'memory', id, 1, 2 FROM memories;
INSERT INTO runs (org_id, pass, cause, owner, read, proposed, changed, outcome, started_at)
  SELECT id, 'score', 'poll', 'one', 1, 1, 1, 'applied', %(now)s FROM orgs;
INSERT INTO org_work (org_id, pass) SELECT id, 'decay' FROM orgs;

-- The tables of Z3rno's server that an import reads, as far as it reads them, with two orgs' rows.
CREATE TYPE memory_type_enum AS ENUM ('working', 'episodic', 'semantic', 'procedural');
CREATE TYPE relationship_type_enum AS ENUM (
  'derived_from', 'contradicts', 'supports', 'supersedes', 'related_to', 'caused_by');

CREATE TABLE tenants (
  org_id uuid PRIMARY KEY, name varchar(255) NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE agents (
  id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES tenants, external_id varchar(255),
  name varchar(255) NOT NULL);
CREATE TABLE conversations (
  id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES tenants, agent_id uuid NOT NULL, user_id uuid,
  title text, summary_cadence int NOT NULL DEFAULT 10, metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz);
CREATE TABLE memories (
  id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES tenants, agent_id uuid NOT NULL, user_id uuid,
  memory_type memory_type_enum NOT NULL DEFAULT 'episodic',
  content text NOT NULL, summary text, metadata jsonb NOT NULL DEFAULT '{}',
  importance_score double precision NOT NULL DEFAULT 0.5,
  recall_count int NOT NULL DEFAULT 0, last_recalled_at timestamptz,
  valid_from timestamptz NOT NULL DEFAULT now(), valid_to timestamptz,
  pinned boolean NOT NULL DEFAULT false, ttl_expires_at timestamptz, deleted_at timestamptz,
  quarantined boolean NOT NULL DEFAULT false,
  memo_type text, ontology_uri text,
  conversation_id uuid REFERENCES conversations, turn_index int, turn_role text,
  created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE memory_relationships (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), org_id uuid NOT NULL REFERENCES tenants,
  source_memory_id uuid NOT NULL REFERENCES memories, target_memory_id uuid NOT NULL REFERENCES memories,
  relationship_type relationship_type_enum NOT NULL,
  weight double precision NOT NULL DEFAULT 1.0, metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE memo_versions (
  org_id uuid NOT NULL REFERENCES tenants, memo_id uuid NOT NULL, version int NOT NULL,
  properties jsonb NOT NULL, valid_from timestamptz NOT NULL DEFAULT now(), valid_to timestamptz,
  PRIMARY KEY (memo_id, version));
CREATE TABLE audit_log (id bigint PRIMARY KEY, org_id uuid NOT NULL);

INSERT INTO tenants (org_id, name) VALUES
  ('00000000-0000-0000-0000-00000000000a', 'moving'),
  ('00000000-0000-0000-0000-00000000000b', 'staying');
INSERT INTO agents VALUES
  ('00000000-0000-0000-0000-0000000000a1', '00000000-0000-0000-0000-00000000000a', NULL, 'Ada');
INSERT INTO conversations (id, org_id, agent_id, user_id, title, summary_cadence, deleted_at) VALUES
  ('00000000-0000-0000-0000-0000000000c1', '00000000-0000-0000-0000-00000000000a',
   '00000000-0000-0000-0000-0000000000a1', '00000000-0000-0000-0000-0000000000d1', 'Tea', 5, NULL),
  ('00000000-0000-0000-0000-0000000000c2', '00000000-0000-0000-0000-00000000000a',
   '00000000-0000-0000-0000-0000000000a1', NULL, 'Gone', 10, now());
INSERT INTO memories (
  id, org_id, agent_id, user_id, memory_type, content, summary, metadata, importance_score,
  recall_count, last_recalled_at, pinned, ttl_expires_at, deleted_at, quarantined, valid_to,
  conversation_id, turn_index, turn_role, created_at)
SELECT m.id::uuid, o.id::uuid, '00000000-0000-0000-0000-0000000000a1',
  '00000000-0000-0000-0000-0000000000d1', m.type::memory_type_enum, m.content, m.summary,
  '{"cups": 3}', m.importance, m.recalls, CASE WHEN m.recalls > 0 THEN now() - interval '1 day' END,
  m.pinned, now() + m.ttl, CASE WHEN m.fate = 'forgotten' THEN now() END, m.fate = 'quarantined',
  CASE WHEN m.fate = 'superseded' THEN now() END, m.talk::uuid, m.turn, m.role,
  '2025-03-01T10:00:00Z'::timestamptz + m.n * interval '1 hour'
FROM (VALUES
  (1, 'a', '00000000-0000-0000-0000-000000000001', 'episodic', 'I like green tea.', NULL, 0.75, 3,
   false, NULL::interval, 'live', '00000000-0000-0000-0000-0000000000c1', 1, 'user'),
  (2, 'a', '00000000-0000-0000-0000-000000000002', 'semantic', 'Tea is a plant.', 'a plant', 0.5, 0,
   true, NULL, 'live', '00000000-0000-0000-0000-0000000000c1', 2, 'assistant'),
  (3, 'a', '00000000-0000-0000-0000-000000000003', 'procedural', 'Boil the water first.', NULL, 0.9, 0,
   false, NULL, 'live', NULL, NULL, NULL),
  (4, 'a', '00000000-0000-0000-0000-000000000004', 'working', 'The kettle is on.', NULL, 0.2, 0,
   false, interval '30 days', 'live', NULL, NULL, NULL),
  (5, 'a', '00000000-0000-0000-0000-000000000005', 'episodic', 'forgotten', NULL, 0.5, 0,
   false, NULL, 'forgotten', NULL, NULL, NULL),
  (6, 'a', '00000000-0000-0000-0000-000000000006', 'episodic', 'quarantined', NULL, 0.5, 0,
   false, NULL, 'quarantined', NULL, NULL, NULL),
  (7, 'a', '00000000-0000-0000-0000-000000000007', 'episodic', 'superseded', NULL, 0.5, 0,
   false, NULL, 'superseded', NULL, NULL, NULL),
  (8, 'a', '00000000-0000-0000-0000-000000000008', 'episodic', 'expired', NULL, 0.5, 0,
   false, interval '-1 day', 'live', NULL, NULL, NULL),
  (9, 'b', '00000000-0000-0000-0000-000000000009', 'episodic', 'of another org', NULL, 0.5, 0,
   false, NULL, 'live', NULL, NULL, NULL)
) AS m (n, org, id, type, content, summary, importance, recalls, pinned, ttl, fate, talk, turn, role)
JOIN (VALUES
  ('a', '00000000-0000-0000-0000-00000000000a'), ('b', '00000000-0000-0000-0000-00000000000b')
) AS o (name, id) ON o.name = m.org;
INSERT INTO memo_versions (org_id, memo_id, version, properties, valid_to) VALUES
  ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001', 1,
   '{"content": "I like tea.", "metadata": {"cups": 1}, "importance_score": 0.5}', now()),
  ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001', 2,
   '{"refine_event": "dedupe"}', now()),
  ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001', 3,
   '{"content": "I like green tea.", "metadata": {"cups": 3}, "importance_score": 0.75}', NULL);
INSERT INTO memory_relationships (
  org_id, source_memory_id, target_memory_id, relationship_type, weight)
VALUES
  ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001',
   '00000000-0000-0000-0000-000000000002', 'related_to', 0.5),
  ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001',
   '00000000-0000-0000-0000-000000000005', 'supports', 1);
INSERT INTO audit_log VALUES (1, '00000000-0000-0000-0000-00000000000a');

-- How memories hang together, what a run did to them, and what waits to be promoted or approved.
SET LOCAL ROLE nrem_owner;

-- Both ends lie in one org, as every key has it. valid_to NULL = the edge stands.
CREATE TABLE edges (
  org_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  source_id bigint NOT NULL,
  target_id bigint NOT NULL,
  kind text NOT NULL CONSTRAINT edges_kind_check CHECK (kind IN (
    'relates_to', 'caused_by', 'follows', 'contradicts', 'supports', 'derived_from', 'supersedes')),
  weight double precision NOT NULL DEFAULT 1 CONSTRAINT edges_weight_check CHECK (weight >= 0 AND weight <= 1),
  metadata jsonb NOT NULL DEFAULT '{}',
  -- a pass, or NULL: a caller
  drawn_by text,
  run_id bigint,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, source_id) REFERENCES memories (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, target_id) REFERENCES memories (org_id, id) ON DELETE CASCADE,
  CONSTRAINT edges_ends_check CHECK (source_id <> target_id),
  CONSTRAINT edges_span_check CHECK (valid_from < valid_to)
);

CREATE UNIQUE INDEX edges_standing_key ON edges (org_id, source_id, kind, target_id) WHERE valid_to IS NULL;
CREATE INDEX edges_source_idx ON edges (org_id, source_id, weight DESC, id);
CREATE INDEX edges_target_idx ON edges (org_id, target_id, weight DESC, id);
CREATE INDEX edges_run_idx ON edges (org_id, run_id) WHERE run_id IS NOT NULL;

-- What a run did to each memory, so that it can be shown and undone: the facts it changed, as they
-- were and as it left them (times, numbers and states; never words). A version it made stands in
-- version_after.
CREATE TABLE run_changes (
  org_id bigint NOT NULL,
  run_id bigint NOT NULL,
  memory_id bigint NOT NULL,
  what text NOT NULL CONSTRAINT run_changes_what_check
    CHECK (what IN ('created', 'merged', 'closed', 'superseded', 'supported', 'reverted')),
  version_before int,
  version_after int NOT NULL,
  before jsonb NOT NULL DEFAULT '{}',
  after jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (org_id, run_id, memory_id, what),
  FOREIGN KEY (org_id, run_id) REFERENCES runs (org_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE
);

CREATE INDEX run_changes_memory_idx ON run_changes (org_id, memory_id, run_id);

-- reverted_by: the run that undid this one; reverts: the run that this one undid.
ALTER TABLE runs
  ADD COLUMN reverted_at timestamptz,
  ADD COLUMN reverted_by bigint,
  ADD COLUMN reverts bigint;

-- A session whose consolidation was undone is left alone until somebody asks for it again.
ALTER TABLE sessions ADD COLUMN set_aside_by bigint;

CREATE INDEX sessions_run_idx ON sessions (org_id, run_id) WHERE run_id IS NOT NULL;
CREATE INDEX sessions_set_aside_idx ON sessions (org_id, set_aside_by) WHERE set_aside_by IS NOT NULL;

-- Memories that promote has not looked at since they were written.
CREATE TABLE promote_queue (
  org_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  memory_id bigint NOT NULL,
  PRIMARY KEY (org_id, subject_id, memory_id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id),
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

CREATE INDEX promote_queue_memory_idx ON promote_queue (org_id, memory_id);

-- Which memories state a value of an attribute of somebody or something ("where Ada lives"), by the
-- keyed digest of the attribute's name.
CREATE TABLE attributes (
  org_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  attribute_key bytea NOT NULL,
  memory_id bigint NOT NULL,
  PRIMARY KEY (org_id, subject_id, attribute_key, memory_id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id),
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE
);

CREATE INDEX attributes_memory_idx ON attributes (org_id, memory_id);

-- A run that was asked to be shown before it is made. `changes` holds words, so it is emptied when
-- the preview expires; approving needs the digest alone.
CREATE TABLE previews (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  pass text NOT NULL,
  -- NULL: every subject that is due
  subject_id bigint,
  state text NOT NULL DEFAULT 'asked' CONSTRAINT previews_state_check
    CHECK (state IN ('asked', 'ready', 'approved', 'applied', 'stale', 'failed', 'expired')),
  asked_at timestamptz NOT NULL,
  answered_at timestamptz,
  expires_at timestamptz NOT NULL,
  digest bytea,
  -- of the run, those that change something
  steps int NOT NULL DEFAULT 0,
  read int NOT NULL DEFAULT 0,
  proposed int NOT NULL DEFAULT 0,
  changes jsonb NOT NULL DEFAULT '[]',
  outcome text,
  reason text,
  run_ids bigint[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id)
);

CREATE INDEX previews_expiry_idx ON previews (org_id, expires_at) WHERE state <> 'expired';

-- What is true no more is few; recall asks for what holds instead of it.
CREATE INDEX memories_superseded_idx ON memories (org_id, agent_id) WHERE true_until IS NOT NULL;

ALTER TABLE inbox DROP CONSTRAINT inbox_item_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_item_kind_check
  CHECK (item_kind IN ('event', 'memory', 'turn', 'preview'));

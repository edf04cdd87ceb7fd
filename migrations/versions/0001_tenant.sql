-- Tenant tables: whatever a person said, and ids of memories. org_id leads every key.

CREATE TABLE policies (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  version int NOT NULL CONSTRAINT policies_version_check CHECK (version > 0),
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, version)
);

-- The directory: an id that a caller chose is stored here once, and nowhere else.
CREATE TABLE agents (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  external_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id),
  CONSTRAINT agents_external_key UNIQUE (org_id, external_id)
);

CREATE TABLE users (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  external_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id),
  CONSTRAINT users_external_key UNIQUE (org_id, external_id)
);

-- The pair that memories belong to; no user = what the agent knows about nobody in particular.
CREATE TABLE subjects (
  org_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  agent_id bigint NOT NULL,
  user_id bigint,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id),
  FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
  CONSTRAINT subjects_pair_key UNIQUE NULLS NOT DISTINCT (org_id, agent_id, user_id)
);

CREATE TABLE threads (
  org_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  external_id text NOT NULL,
  agent_id bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id),
  CONSTRAINT threads_external_key UNIQUE (org_id, agent_id, external_id)
);

-- external_id NULL = an implicit session: turns and working memories that came without one are
-- gathered per subject and thread, and handed over after the same idle time.
CREATE TABLE sessions (
  org_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  external_id text,
  subject_id bigint NOT NULL,
  thread_id bigint,
  state text NOT NULL DEFAULT 'open'
    CONSTRAINT sessions_state_check CHECK (state IN ('open', 'ended', 'consolidated')),
  metadata jsonb NOT NULL DEFAULT '{}',
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  last_event_at timestamptz NOT NULL,
  turns int NOT NULL DEFAULT 0,
  end_order bigint,
  consolidated_at timestamptz,
  transitioned int,
  run_id bigint,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id),
  FOREIGN KEY (org_id, thread_id) REFERENCES threads (org_id, id),
  CONSTRAINT sessions_external_key UNIQUE (org_id, external_id),
  CONSTRAINT sessions_ended_check CHECK ((state = 'open') = (end_order IS NULL))
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX sessions_implicit_key ON sessions (org_id, subject_id, thread_id) NULLS NOT DISTINCT
  WHERE external_id IS NULL AND state = 'open';
CREATE INDEX sessions_waiting_idx ON sessions (org_id, subject_id, end_order, last_event_at)
  WHERE state <> 'consolidated';

-- Immutable. idem_key and body_hash are keyed digests, never the caller's own text.
CREATE TABLE events (
  org_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CONSTRAINT events_kind_check
    CHECK (kind IN ('memory', 'turn', 'access', 'session.start', 'session.end')),
  stream_id bigint NOT NULL,
  seq bigint NOT NULL CONSTRAINT events_seq_check CHECK (seq > 0),
  subject_id bigint NOT NULL,
  session_id bigint,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  tokens int NOT NULL DEFAULT 0,
  body jsonb NOT NULL,
  body_hash bytea NOT NULL,
  idem_key bytea,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, stream_id) REFERENCES streams (org_id, id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id),
  FOREIGN KEY (org_id, session_id) REFERENCES sessions (org_id, id),
  CONSTRAINT events_seq_key UNIQUE (org_id, stream_id, seq),
  CONSTRAINT events_idem_key UNIQUE (org_id, idem_key)
);

CREATE INDEX events_session_idx ON events (org_id, session_id, id) WHERE session_id IS NOT NULL;
CREATE INDEX events_subject_turn_idx ON events (org_id, subject_id, occurred_at) WHERE kind = 'turn';

-- One effect per event and step: what became of an event, and which run did it.
CREATE TABLE effects (
  org_id bigint NOT NULL,
  event_id bigint NOT NULL,
  step text NOT NULL,
  outcome text NOT NULL CONSTRAINT effects_outcome_check
    CHECK (outcome IN ('scored', 'consolidated', 'merged', 'dropped')),
  reason text,
  run_id bigint,
  at timestamptz NOT NULL,
  PRIMARY KEY (org_id, event_id, step),
  FOREIGN KEY (org_id, event_id) REFERENCES events (org_id, id) ON DELETE CASCADE
);

CREATE TABLE memories (
  org_id bigint NOT NULL,
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  version int NOT NULL DEFAULT 1 CONSTRAINT memories_version_check CHECK (version > 0),
  subject_id bigint NOT NULL,
  agent_id bigint NOT NULL,
  user_id bigint,
  session_id bigint,
  type text NOT NULL CONSTRAINT memories_type_check
    CHECK (type IN ('working', 'episodic', 'semantic', 'procedural')),
  tier text NOT NULL CONSTRAINT memories_tier_check CHECK (tier IN ('short', 'long', 'permanent')),
  state text NOT NULL DEFAULT 'live' CONSTRAINT memories_state_check
    CHECK (state IN ('live', 'archived', 'forgotten', 'purged')),
  state_since timestamptz NOT NULL,
  state_reason text,
  content text NOT NULL,
  content_hash bytea NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  importance double precision NOT NULL CONSTRAINT memories_importance_check
    CHECK (importance >= 0 AND importance <= 1),
  importance_given boolean NOT NULL DEFAULT false,
  pinned boolean NOT NULL DEFAULT false,
  trust text NOT NULL CONSTRAINT memories_trust_check
    CHECK (trust IN ('user', 'assistant', 'tool', 'web', 'derived')),
  derived_by text,
  run_id bigint,
  occurred_at timestamptz NOT NULL,
  true_until timestamptz,
  recorded_at timestamptz NOT NULL,
  valid_from timestamptz NOT NULL,
  last_access timestamptz NOT NULL,
  access_count int NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT 'infinity',
  expires_at timestamptz,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id),
  FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
  FOREIGN KEY (org_id, session_id) REFERENCES sessions (org_id, id)
) WITH (fillfactor = 80);

CREATE INDEX memories_due_idx ON memories (org_id, due_at)
  WHERE state IN ('live', 'archived') AND due_at < 'infinity';
CREATE INDEX memories_subject_idx ON memories (org_id, agent_id, user_id, id);
CREATE INDEX memories_session_idx ON memories (org_id, session_id, id) WHERE session_id IS NOT NULL;
CREATE INDEX memories_content_idx ON memories (org_id, subject_id, content_hash) WHERE state = 'live';

-- Closed versions only; the current one is the row in memories. Written by the trigger alone.
CREATE TABLE memory_versions (
  org_id bigint NOT NULL,
  memory_id bigint NOT NULL,
  version int NOT NULL,
  type text NOT NULL,
  content text NOT NULL,
  metadata jsonb NOT NULL,
  importance double precision NOT NULL,
  pinned boolean NOT NULL,
  occurred_at timestamptz NOT NULL,
  true_until timestamptz,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL,
  PRIMARY KEY (org_id, memory_id, version),
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE,
  CONSTRAINT memory_versions_from_key UNIQUE (org_id, memory_id, valid_from),
  CONSTRAINT memory_versions_to_key UNIQUE (org_id, memory_id, valid_to),
  CONSTRAINT memory_versions_span_check CHECK (valid_from < valid_to)
);

-- Every memory names the original events behind it, flattened: a direct store names its own event.
CREATE TABLE derivations (
  org_id bigint NOT NULL,
  child_kind text NOT NULL CONSTRAINT derivations_child_kind_check CHECK (child_kind IN ('memory')),
  child_id bigint NOT NULL,
  event_id bigint NOT NULL,
  run_id bigint,
  PRIMARY KEY (org_id, child_kind, child_id, event_id),
  FOREIGN KEY (org_id, event_id) REFERENCES events (org_id, id)
);

CREATE INDEX derivations_event_idx ON derivations (org_id, event_id);

-- One execution of a pass. Ids, counts and codes; a diff is rendered from versions.
CREATE TABLE runs (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  pass text NOT NULL,
  cause text NOT NULL,
  task_id text,
  owner text NOT NULL,
  stream_id bigint,
  fence bigint,
  engine text,
  read int NOT NULL,
  proposed int NOT NULL,
  changed int NOT NULL,
  outcome text NOT NULL CONSTRAINT runs_outcome_check
    CHECK (outcome IN ('applied', 'noop', 'deferred', 'failed', 'parked')),
  reason text,
  detail jsonb NOT NULL DEFAULT '{}',
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id)
);

CREATE INDEX runs_pass_idx ON runs (org_id, pass, id);

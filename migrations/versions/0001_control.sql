-- Control tables: surrogate ids, times and counters only; never a text that a caller chose.

CREATE TABLE orgs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CONSTRAINT orgs_name_key UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE api_keys (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  key_id text NOT NULL CONSTRAINT api_keys_key_id_key UNIQUE,
  secret_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (org_id, id)
);

-- The unit of ordering. last_seq and tokens are written by appends only.
CREATE TABLE streams (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CONSTRAINT streams_kind_check CHECK (kind IN ('thread', 'session', 'subject')),
  ref_id bigint NOT NULL,
  last_seq bigint NOT NULL DEFAULT 0,
  tokens bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, id),
  CONSTRAINT streams_ref_key UNIQUE (org_id, kind, ref_id)
) WITH (fillfactor = 70);

-- One row per leased pass and stream. due_at compares with app_now(), lease_until with the
-- database's own clock: the first carries meaning, the second guards against lost holders.
CREATE TABLE leases (
  org_id bigint NOT NULL,
  pass text NOT NULL,
  stream_id bigint NOT NULL,
  cursor_seq bigint NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT 'infinity',
  fence bigint NOT NULL DEFAULT 0,
  owner text,
  lease_until timestamptz,
  attempts int NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'active'
    CONSTRAINT leases_state_check CHECK (state IN ('active', 'parked', 'erasing')),
  PRIMARY KEY (org_id, pass, stream_id),
  FOREIGN KEY (org_id, stream_id) REFERENCES streams (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

CREATE INDEX leases_due_idx ON leases (org_id, pass, due_at)
  WHERE state = 'active' AND due_at < 'infinity';

-- Items that wait for a batch pass. A row lives from the append to the effect.
CREATE TABLE inbox (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  pass text NOT NULL,
  item_kind text NOT NULL CONSTRAINT inbox_item_kind_check CHECK (item_kind IN ('event', 'memory', 'turn')),
  item_id bigint NOT NULL,
  session_id bigint,
  due_at timestamptz NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  owner text,
  lease_until timestamptz,
  PRIMARY KEY (org_id, pass, item_kind, item_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

CREATE INDEX inbox_due_idx ON inbox (org_id, pass, due_at, item_id);
CREATE INDEX inbox_session_idx ON inbox (org_id, session_id) WHERE session_id IS NOT NULL;

-- Which orgs have due work for a pass. A claim takes the one with the lowest virtual time.
CREATE TABLE org_work (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  pass text NOT NULL,
  due_at timestamptz NOT NULL DEFAULT 'infinity',
  vtime double precision NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, pass)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

CREATE INDEX org_work_due_idx ON org_work (pass, vtime) WHERE due_at < 'infinity';

-- Poison work set aside. Ids and codes only: the error's text could hold content.
CREATE TABLE parked (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  pass text NOT NULL,
  item_kind text NOT NULL,
  item_id bigint NOT NULL,
  reason text NOT NULL,
  error_class text,
  attempts int NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  resolved_at timestamptz,
  resolution text CONSTRAINT parked_resolution_check CHECK (resolution IN ('replayed', 'dropped')),
  PRIMARY KEY (org_id, id)
);

CREATE UNIQUE INDEX parked_open_key ON parked (org_id, pass, item_kind, item_id) WHERE resolved_at IS NULL;

-- How often each pass ended how; counting the run rows at every scrape would read them all.
CREATE TABLE run_totals (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  pass text NOT NULL,
  outcome text NOT NULL,
  runs bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, pass, outcome)
) WITH (fillfactor = 50);

-- An instant at which a schedule fired. The key makes any number of schedulers harmless.
CREATE TABLE ticks (
  schedule text NOT NULL,
  instant timestamptz NOT NULL,
  scheduler text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (schedule, instant)
);

CREATE TABLE heartbeats (
  process text PRIMARY KEY,
  kind text NOT NULL,
  pid int NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  beat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  progress_at timestamptz
);

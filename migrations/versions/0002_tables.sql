-- What one memory lives through: accesses, crossings, past texts, holds; and who runs what when.
SET LOCAL ROLE nrem_owner;

-- The access log. A row waits until it is folded into its memory; folded ones keep the turn known,
-- so that a turn counts once however late it is told again.
CREATE TABLE accesses (
  org_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  memory_id bigint NOT NULL,
  event_id bigint,
  turn_key bytea,
  at timestamptz NOT NULL,
  folded_at timestamptz,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, event_id) REFERENCES events (org_id, id) ON DELETE CASCADE
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

CREATE INDEX accesses_waiting_idx ON accesses (org_id, memory_id, at, id) WHERE folded_at IS NULL;
CREATE UNIQUE INDEX accesses_turn_key ON accesses (org_id, memory_id, turn_key) WHERE turn_key IS NOT NULL;
CREATE INDEX accesses_event_idx ON accesses (org_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX accesses_memory_idx ON accesses (org_id, memory_id, at);
CREATE INDEX accesses_at_idx ON accesses (org_id, at);

-- Every change of state or tier: at the instant at which it held, whenever it was written down.
CREATE TABLE crossings (
  org_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  memory_id bigint NOT NULL,
  kind text NOT NULL CONSTRAINT crossings_kind_check CHECK (kind IN ('state', 'tier')),
  before text NOT NULL,
  after text NOT NULL,
  at timestamptz NOT NULL,
  reason text NOT NULL,
  run_id bigint,
  -- read memory by memory; a second index would cost as much as the row
  PRIMARY KEY (org_id, memory_id, id),
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE
);

-- What recall searched before a text was changed. No approximate index: `as_of` filters first.
CREATE TABLE past_embeddings (
  org_id bigint NOT NULL,
  memory_id bigint NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL,
  agent_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  model text NOT NULL,
  content_hash bytea NOT NULL,
  vector halfvec(384) NOT NULL,
  PRIMARY KEY (org_id, memory_id, valid_from),
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE
);

CREATE INDEX past_embeddings_agent_idx ON past_embeddings (org_id, agent_id, subject_id);

CREATE TABLE past_lexemes (
  org_id bigint NOT NULL,
  agent_id bigint NOT NULL,
  lexeme text NOT NULL,
  memory_id bigint NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL,
  tf int NOT NULL,
  length int NOT NULL,
  PRIMARY KEY (org_id, agent_id, lexeme, memory_id, valid_from),
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE
);

CREATE INDEX past_lexemes_memory_idx ON past_lexemes (org_id, memory_id);

-- While a hold stands, nothing under it is purged. ref_id NULL = the whole org.
CREATE TABLE holds (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CONSTRAINT holds_kind_check CHECK (kind IN ('org', 'agent', 'user', 'memory')),
  ref_id bigint,
  reference text NOT NULL,
  placed_at timestamptz NOT NULL,
  lifted_at timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT holds_ref_check CHECK ((kind = 'org') = (ref_id IS NULL))
);

CREATE UNIQUE INDEX holds_standing_key ON holds (org_id, kind, ref_id) NULLS NOT DISTINCT
  WHERE lifted_at IS NULL;

-- The schedules that differ from the defaults, as the org's policy in force says: the scheduler must
-- see them all, and a policy is for its org alone. The grammar of both texts is checked before.
CREATE TABLE schedules (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  pass text NOT NULL,
  cron text NOT NULL,
  timezone text NOT NULL,
  paused boolean NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, pass)
);

-- How far the due times of an org follow its newest policy.
CREATE TABLE redues (
  org_id bigint PRIMARY KEY REFERENCES orgs (id) ON DELETE CASCADE,
  after_id bigint NOT NULL DEFAULT 0
);

-- Why the org is due, where a tick or a request made it so; it goes into the run row.
ALTER TABLE org_work ADD COLUMN cause text;
ALTER TABLE runs ADD COLUMN duration_ms double precision;
ALTER TABLE policies ADD COLUMN rolled_back_to int;

-- facts_since: since when importance, tier, pin and TTL are as they are; no crossing lies before it.
-- text_since: since when the content is as it is; what stood before is in past_*.
-- features: what the score was made of.
ALTER TABLE memories
  ADD COLUMN facts_since timestamptz,
  ADD COLUMN text_since timestamptz,
  ADD COLUMN features jsonb;

-- The owner sees rows of all orgs for the length of this migration only.
ALTER TABLE memories NO FORCE ROW LEVEL SECURITY;
ALTER TABLE crossings DISABLE ROW LEVEL SECURITY;
UPDATE memories
SET facts_since = recorded_at, text_since = recorded_at,
    -- a lower bound: whoever looks at it then finds the right instant
    due_at = CASE WHEN state = 'forgotten' THEN state_since ELSE due_at END;
INSERT INTO crossings (org_id, memory_id, kind, before, after, at, reason)
SELECT m.org_id, m.id, 'state', 'live', m.state, m.state_since, coalesce(m.state_reason, 'idle')
FROM memories AS m
WHERE m.state <> 'live';
ALTER TABLE memories FORCE ROW LEVEL SECURITY;

-- No org has to be due for a duty of the whole system.
ALTER TABLE org_work NO FORCE ROW LEVEL SECURITY;
DELETE FROM org_work WHERE pass = 'rescue';
ALTER TABLE org_work FORCE ROW LEVEL SECURITY;

ALTER TABLE memories ALTER COLUMN facts_since SET NOT NULL, ALTER COLUMN text_since SET NOT NULL;

CREATE INDEX memories_purge_idx ON memories (org_id, due_at)
  WHERE state = 'forgotten' AND due_at < 'infinity';
CREATE INDEX memories_expiry_idx ON memories (org_id, expires_at)
  WHERE state IN ('live', 'archived') AND expires_at IS NOT NULL;
CREATE INDEX memories_cap_idx ON memories (org_id, subject_id) WHERE state = 'live';

-- Erasures: what was asked for, how far it has come, and what may not be written meanwhile.
SET LOCAL ROLE nrem_owner;

-- Counts, digests and instants only. target_hash outlives the target: it is all that says who.
CREATE TABLE erasures (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CONSTRAINT erasures_kind_check CHECK (kind IN ('user', 'agent', 'session', 'memory', 'org')),
  -- 0: the org itself
  target_id bigint NOT NULL,
  target_hash bytea NOT NULL,
  state text NOT NULL DEFAULT 'requested' CONSTRAINT erasures_state_check CHECK (state IN (
    'requested', 'previewed', 'confirmed', 'fenced', 'keys_destroyed', 'deleted', 'derived', 'rewritten',
    'scanned', 'certified', 'cancelled', 'failed')),
  -- the last step that was done, and the state it left; one that failed goes on behind it
  step text,
  reached text NOT NULL DEFAULT 'requested',
  requested_by bigint,
  confirmed_by bigint,
  requested_at timestamptz NOT NULL,
  due_by timestamptz NOT NULL,
  preview_hash bytea,
  preview jsonb NOT NULL DEFAULT '{}',
  manifest jsonb NOT NULL DEFAULT '{}',
  deleted_counts jsonb NOT NULL DEFAULT '{}',
  measured jsonb NOT NULL DEFAULT '{}',
  scan jsonb NOT NULL DEFAULT '{}',
  -- of each state and of each step, when it was reached
  instants jsonb NOT NULL DEFAULT '{}',
  error text,
  receipt jsonb,
  receipt_hash bytea,
  PRIMARY KEY (org_id, id),
  CONSTRAINT erasures_confirmed_check CHECK (confirmed_by IS DISTINCT FROM requested_by OR confirmed_by IS NULL)
);

CREATE UNIQUE INDEX erasures_open_key ON erasures (org_id, kind, target_id)
WHERE state NOT IN ('certified', 'cancelled');

-- What goes with an erasure, by number: the cursor of its batches.
CREATE TABLE erasure_items (
  org_id bigint NOT NULL,
  erasure_id bigint NOT NULL,
  kind text NOT NULL,
  item_id bigint NOT NULL,
  PRIMARY KEY (org_id, erasure_id, kind, item_id),
  FOREIGN KEY (org_id, erasure_id) REFERENCES erasures (org_id, id) ON DELETE CASCADE
);

-- Memories of others that go because they rest on it too, and what survives to make them from again.
CREATE TABLE erasure_remakes (
  org_id bigint NOT NULL,
  erasure_id bigint NOT NULL,
  memory_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  session_id bigint,
  tier text NOT NULL,
  event_ids bigint[] NOT NULL,
  PRIMARY KEY (org_id, erasure_id, memory_id),
  FOREIGN KEY (org_id, erasure_id) REFERENCES erasures (org_id, id) ON DELETE CASCADE
);

-- For whom nothing more may be written; ref_id is a row number, 0 for the org.
CREATE TABLE erasure_fences (
  org_id bigint NOT NULL,
  kind text NOT NULL,
  ref_id bigint NOT NULL,
  erasure_id bigint NOT NULL,
  PRIMARY KEY (org_id, kind, ref_id, erasure_id),
  FOREIGN KEY (org_id, erasure_id) REFERENCES erasures (org_id, id) ON DELETE CASCADE
);

CREATE INDEX erasure_fences_erasure_idx ON erasure_fences (org_id, erasure_id);

ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY erasures_org ON erasures TO nrem_api, nrem_owner
  USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()));
CREATE POLICY erasures_worker ON erasures TO nrem_worker USING (true) WITH CHECK (true);
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['erasure_items', 'erasure_remakes', 'erasure_fences'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON erasures TO nrem_api, nrem_worker;
GRANT SELECT, DELETE ON erasure_fences TO nrem_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON erasure_items, erasure_remakes, erasure_fences TO nrem_worker;

ALTER TABLE streams DROP CONSTRAINT streams_kind_check;
ALTER TABLE streams ADD CONSTRAINT streams_kind_check
  CHECK (kind IN ('thread', 'session', 'subject', 'erasure'));
RESET ROLE;

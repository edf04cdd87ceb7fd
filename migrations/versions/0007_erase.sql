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
  is_done boolean NOT NULL DEFAULT false,
  -- the state of a memory before it was taken out of sight
  was text,
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

-- For whom nothing more may be written; ref_id is a row number, 0 for the org. While the erasure runs the
-- name of the target is known by a salted hash, so that it cannot come back before that is over.
CREATE TABLE erasure_fences (
  org_id bigint NOT NULL,
  kind text NOT NULL,
  ref_id bigint NOT NULL,
  erasure_id bigint NOT NULL,
  salt bytea,
  name_hash bytea,
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
GRANT SELECT, DELETE ON erasure_items, erasure_remakes, erasure_fences TO nrem_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON erasure_items, erasure_remakes, erasure_fences TO nrem_worker;

-- The worker deletes what a person left; until now nothing but expiry and forgetting did.
GRANT DELETE ON agents, users, subjects, threads, events, conversations, conversation_turns, holds TO nrem_worker;
GRANT SELECT, DELETE ON replays, carried TO nrem_worker;
GRANT UPDATE (body_hash) ON events TO nrem_worker;
-- to lock rows: a number that is always generated cannot be set
GRANT UPDATE (id) ON agents, users, subjects TO nrem_worker;

-- Refuses what is written for somebody who is being erased: the arguments are the columns that say for
-- whom. It runs behind the foreign keys' locks, so whoever waited for the fence sees it.
CREATE FUNCTION erasure_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  wanted text := 'f.kind = ''org''';
  name text;
  is_met boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM erasure_fences AS f WHERE f.org_id = (SELECT app_org())) THEN
    RETURN NULL;
  END IF;
  FOREACH name IN ARRAY TG_ARGV LOOP
    wanted := wanted || CASE name
      WHEN 'external_id' THEN format(
        ' OR (f.kind = %L AND f.name_hash = sha256(f.salt || convert_to(a.external_id, ''UTF8'')))',
        left(TG_TABLE_NAME, -1))
      WHEN 'event_id' THEN ' OR EXISTS (SELECT FROM erasure_items AS i WHERE i.org_id = a.org_id
        AND i.erasure_id = f.erasure_id AND i.kind IN (''event'', ''said'') AND i.item_id = a.event_id)'
      WHEN 'source_id' THEN ' OR EXISTS (SELECT FROM erasure_items AS i WHERE i.org_id = a.org_id
        AND i.erasure_id = f.erasure_id AND i.kind = ''memory'' AND i.item_id IN (a.source_id, a.target_id))'
      ELSE format(' OR (f.kind = %L AND f.ref_id = a.%I)', left(name, -3), name)
    END;
  END LOOP;
  EXECUTE format(
    'SELECT EXISTS (SELECT FROM added AS a JOIN erasure_fences AS f ON f.org_id = a.org_id WHERE %s)', wanted)
  INTO is_met;
  IF is_met THEN
    RAISE EXCEPTION 'it is being erased'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'erasing_check';
  END IF;
  RETURN NULL;
END
$$;

DO $$
DECLARE
  given text[];
BEGIN
  FOREACH given SLICE 1 IN ARRAY ARRAY[
    ['users', 'external_id', ''], ['agents', 'external_id', ''], ['sessions', 'external_id', 'subject_id'],
    ['subjects', 'user_id', 'agent_id'], ['threads', 'agent_id', ''],
    ['events', 'subject_id', 'session_id'], ['memories', 'subject_id', 'session_id'],
    ['derivations', 'event_id', ''], ['edges', 'source_id', ''],
    ['observations', 'subject_id', ''], ['cards', 'subject_id', ''], ['card_values', 'subject_id', ''],
    ['card_schemas', 'agent_id', ''], ['conversations', 'user_id', 'agent_id'],
    ['vectors', 'user_id', 'agent_id'], ['jobs', 'agent_id', ''], ['zeno_sessions', 'subject_id', ''],
    ['zeno_threads', 'subject_id', '']]
  LOOP
    EXECUTE format(
      'CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS added
       FOR EACH STATEMENT EXECUTE FUNCTION erasure_refuse(%L%s)',
      given[1] || '_erasing_trg', given[1], given[2], CASE WHEN given[3] = '' THEN '' ELSE format(', %L', given[3]) END);
  END LOOP;
END
$$;

-- A use that a recall logs behind its answer is no reason to refuse anything: it is not kept.
CREATE FUNCTION erasure_drop_uses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM erasure_fences AS f WHERE f.org_id = (SELECT app_org())) THEN
    DELETE FROM accesses AS x
    USING added AS a, erasure_fences AS f, erasure_items AS i
    WHERE x.org_id = a.org_id AND x.id = a.id
      AND f.org_id = a.org_id
      AND i.org_id = a.org_id AND i.erasure_id = f.erasure_id AND i.kind = 'memory' AND i.item_id = a.memory_id;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER accesses_erasing_trg
AFTER INSERT ON accesses
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION erasure_drop_uses();

ALTER TABLE streams DROP CONSTRAINT streams_kind_check;
ALTER TABLE streams ADD CONSTRAINT streams_kind_check
  CHECK (kind IN ('thread', 'session', 'subject', 'erasure'));
RESET ROLE;

-- Observations: dated notes of what people said, how far each stream was observed, and what shortened them.
SET LOCAL ROLE nrem_owner;

-- Of the pass observe: the tokens up to the cursor, and the event up to which all is to be observed
-- now, however little it is, because its session ended or somebody asked.
ALTER TABLE leases ADD COLUMN cursor_tokens bigint NOT NULL DEFAULT 0;
ALTER TABLE leases ADD COLUMN until_seq bigint NOT NULL DEFAULT 0;

ALTER TABLE derivations DROP CONSTRAINT derivations_child_kind_check;
ALTER TABLE derivations ADD CONSTRAINT derivations_child_kind_check
  CHECK (child_kind IN ('memory', 'observation'));

-- One row per person with an agent: the numbers given out, and how much is active.
CREATE TABLE observation_logs (
  org_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  last_ordinal int NOT NULL DEFAULT 0,
  -- of the active observations
  tokens bigint NOT NULL DEFAULT 0,
  -- of reflect: up to where its walk has come, and what there was when it last came to the end
  walked_to int NOT NULL DEFAULT 0,
  reflected_ordinal int NOT NULL DEFAULT 0,
  reflected_tokens bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, subject_id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);

-- A row's text never changes; it is archived, and another one takes its place.
CREATE TABLE observations (
  org_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  subject_id bigint NOT NULL,
  -- what a model and a person call it: small, from 1, never used again
  ordinal int NOT NULL CONSTRAINT observations_ordinal_check CHECK (ordinal > 0),
  text text NOT NULL,
  content_hash bytea NOT NULL,
  priority text NOT NULL CONSTRAINT observations_priority_check
    CHECK (priority IN ('high', 'medium', 'low')),
  trust text NOT NULL CONSTRAINT observations_trust_check
    CHECK (trust IN ('user', 'assistant', 'tool', 'web', 'derived')),
  tokens int NOT NULL,
  -- when it was said; and the latest and earliest day that it or what it was made from is about
  observation_date timestamptz NOT NULL,
  referenced_date timestamptz,
  referenced_from timestamptz,
  created_at timestamptz NOT NULL,
  run_id bigint,
  -- the window it was noted in; of a row that reflect wrote there is none
  stream_id bigint,
  window_seq bigint,
  window_place int,
  archived_at timestamptz,
  archived_reason text CONSTRAINT observations_reason_check
    CHECK (archived_reason IN ('merged', 'replaced', 'covered', 'reverted')),
  archived_by bigint,
  -- when it was archived before, until it was brought back
  absences tstzmultirange NOT NULL DEFAULT '{}',
  vector halfvec(384) NOT NULL,
  model text NOT NULL,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id),
  FOREIGN KEY (org_id, stream_id) REFERENCES streams (org_id, id),
  CONSTRAINT observations_ordinal_key UNIQUE (org_id, subject_id, ordinal),
  CONSTRAINT observations_window_key UNIQUE (org_id, stream_id, window_seq, window_place),
  CONSTRAINT observations_archived_check
    CHECK ((archived_at IS NULL) = (archived_reason IS NULL) AND (archived_at IS NULL) = (archived_by IS NULL))
);

CREATE UNIQUE INDEX observations_active_key ON observations (org_id, subject_id, content_hash)
  WHERE archived_at IS NULL;
CREATE INDEX observations_active_idx ON observations (org_id, subject_id, ordinal)
  WHERE archived_at IS NULL;
CREATE INDEX observations_run_idx ON observations (org_id, run_id) WHERE run_id IS NOT NULL;
CREATE INDEX observations_archived_idx ON observations (org_id, archived_by) WHERE archived_by IS NOT NULL;

-- What was believed at an instant is what was active then, whatever came of it since.
CREATE FUNCTION observation_note_absence() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  NEW.absences := OLD.absences
    + tstzmultirange(tstzrange(OLD.archived_at, greatest(OLD.archived_at, app_now())));
  RETURN NEW;
END
$$;

CREATE TRIGGER observations_absence_trg
BEFORE UPDATE OF archived_at ON observations
FOR EACH ROW WHEN (OLD.archived_at IS NOT NULL AND NEW.archived_at IS NULL)
EXECUTE FUNCTION observation_note_absence();

-- What an observation was made from by reflect; the original events stand in derivations.
CREATE TABLE observation_parents (
  org_id bigint NOT NULL,
  observation_id bigint NOT NULL,
  parent_id bigint NOT NULL,
  PRIMARY KEY (org_id, observation_id, parent_id),
  FOREIGN KEY (org_id, observation_id) REFERENCES observations (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, parent_id) REFERENCES observations (org_id, id) ON DELETE CASCADE
);

CREATE INDEX observation_parents_parent_idx ON observation_parents (org_id, parent_id);

-- An observation without sources could not be explained, nor erased with the person it came from.
CREATE FUNCTION observation_require_sources() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added AS a
    WHERE NOT EXISTS (
      SELECT FROM derivations AS d
      WHERE d.org_id = a.org_id AND d.child_kind = 'observation' AND d.child_id = a.id)
  ) THEN
    RAISE EXCEPTION 'an observation needs at least one row in derivations'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'observations_sources_check';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER observations_sources_trg
AFTER INSERT ON observations
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION observation_require_sources();

-- What was said before waits for the first tick. The owner sees rows of all orgs for this only.
ALTER TABLE events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE leases NO FORCE ROW LEVEL SECURITY;
INSERT INTO leases (org_id, pass, stream_id)
SELECT DISTINCT e.org_id, 'observe', e.stream_id FROM events AS e WHERE e.kind = 'turn';
ALTER TABLE leases FORCE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
RESET ROLE;

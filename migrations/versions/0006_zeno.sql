-- What the Protocols of zeno-memory keep that nrem had no place for, and what its stores may write.
SET LOCAL ROLE nrem_owner;

-- The session that an agent's SDK goes on with, by where the person speaks; NULL is a key of its own.
CREATE TABLE zeno_sessions (
  org_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  subject_id bigint NOT NULL,
  channel text NOT NULL,
  thread_key text,
  sdk_session_id text NOT NULL,
  last_summary text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id) ON DELETE CASCADE,
  CONSTRAINT zeno_sessions_place_key UNIQUE NULLS NOT DISTINCT (org_id, subject_id, channel, thread_key)
) WITH (fillfactor = 80);

-- Which threads are conversations of a person by a thread key, and what of them was cleared: it is
-- loaded no more, and it is observed, recalled and erased as the rest.
CREATE TABLE zeno_threads (
  org_id bigint NOT NULL,
  thread_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  -- in the numbers of the stream, from 1; 0: nothing
  cleared_seq bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, thread_id),
  FOREIGN KEY (org_id, thread_id) REFERENCES threads (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 80);

CREATE INDEX zeno_threads_subject_idx ON zeno_threads (org_id, subject_id, thread_id);

-- How far an agent has observed a person's thread, which may be another agent's.
CREATE TABLE zeno_watermarks (
  org_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  thread_id bigint NOT NULL,
  -- the number of a message, from 0; -1: none
  last_sequence bigint NOT NULL,
  status text NOT NULL CONSTRAINT zeno_watermarks_status_check
    CHECK (status IN ('ok', 'empty', 'error')),
  run_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, subject_id, thread_id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, thread_id) REFERENCES zeno_threads (org_id, thread_id) ON DELETE CASCADE
) WITH (fillfactor = 70);

-- An observation that somebody else made of no message we have is an event by itself.
ALTER TABLE events DROP CONSTRAINT events_kind_check;
ALTER TABLE events ADD CONSTRAINT events_kind_check
  CHECK (kind IN ('memory', 'turn', 'access', 'session.start', 'session.end', 'observation'));

-- The messages that it cites by their numbers in a thread it does not name; NULL: its events tell.
ALTER TABLE observations ADD COLUMN rounds bigint[];
ALTER TABLE observations DROP CONSTRAINT observations_reason_check;
ALTER TABLE observations ADD CONSTRAINT observations_reason_check
  CHECK (archived_reason IN ('merged', 'replaced', 'covered', 'deleted', 'reverted'));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['zeno_sessions', 'zeno_threads', 'zeno_watermarks'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON zeno_sessions, zeno_threads, zeno_watermarks TO nrem_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON zeno_sessions, zeno_threads, zeno_watermarks TO nrem_worker;
GRANT INSERT ON observations, observation_logs, observation_parents TO nrem_api;

ALTER TABLE zeno_sessions
  ALTER COLUMN channel SET STATISTICS 0, ALTER COLUMN thread_key SET STATISTICS 0,
  ALTER COLUMN sdk_session_id SET STATISTICS 0, ALTER COLUMN last_summary SET STATISTICS 0;

-- A program beside the database names its org; only what it named is answered.
GRANT SELECT ON orgs TO nrem_lookup;
CREATE POLICY orgs_lookup ON orgs FOR SELECT TO nrem_lookup USING (true);
RESET ROLE;
SET LOCAL ROLE nrem_lookup;
CREATE FUNCTION org_named(wanted text)
RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  SELECT o.id FROM orgs AS o WHERE o.name = wanted;
END;
REVOKE ALL ON FUNCTION org_named(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION org_named(text) TO nrem_api;
RESET ROLE;

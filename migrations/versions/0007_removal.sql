-- A role that rewrites files and reads no row, and what was rewritten last.
DO $$
BEGIN
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nrem_maintain') THEN
      CREATE ROLE nrem_maintain LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another migration run of the cluster made it in the meantime
  END;
  IF NOT pg_has_role(current_user, 'nrem_maintain', 'MEMBER') THEN
    GRANT nrem_maintain TO current_user;
  END IF;
END
$$;

-- The write-ahead log and the planner's statistics are the administrator's to give. Where the login of
-- migrations may not, an operator does it; until then an erasure stops before it says that it rewrote.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY[
    'GRANT pg_checkpoint TO nrem_maintain',
    'GRANT EXECUTE ON FUNCTION pg_switch_wal() TO nrem_maintain',
    'GRANT EXECUTE ON FUNCTION pg_ls_waldir() TO nrem_maintain',
    'GRANT MAINTAIN ON pg_statistic TO nrem_maintain']
  LOOP
    BEGIN
      EXECUTE wanted;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'not granted; have an administrator run it: %', wanted;
    END;
  END LOOP;
END
$$;
GRANT USAGE ON SCHEMA public TO nrem_maintain;

SET LOCAL ROLE nrem_owner;
DO $$
DECLARE
  its text;
BEGIN
  FOR its IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = 'nrem_owner' LOOP
    EXECUTE format('GRANT MAINTAIN ON %I TO nrem_maintain', its);
  END LOOP;
END
$$;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT MAINTAIN ON TABLES TO nrem_maintain;

-- The last rewrite of each table that holds content, and of the log: what was deleted by transactions
-- before `before_xid` is gone from it.
CREATE TABLE rewrites (
  name text NOT NULL,
  before_xid bigint NOT NULL,
  ended_at timestamptz NOT NULL,
  PRIMARY KEY (name)
);

-- What a rewrite must reach for an erasure, so that a killed one goes on where it stopped.
CREATE TABLE rewrite_marks (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  erasure_id bigint NOT NULL,
  before_xid bigint NOT NULL,
  PRIMARY KEY (org_id, erasure_id)
);

ALTER TABLE rewrite_marks ENABLE ROW LEVEL SECURITY;
ALTER TABLE rewrite_marks FORCE ROW LEVEL SECURITY;
CREATE POLICY rewrite_marks_org ON rewrite_marks TO nrem_api, nrem_owner
  USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()));
CREATE POLICY rewrite_marks_worker ON rewrite_marks TO nrem_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON rewrite_marks TO nrem_worker;

ALTER TABLE rewrites ENABLE ROW LEVEL SECURITY;
ALTER TABLE rewrites FORCE ROW LEVEL SECURITY;
CREATE POLICY rewrites_maintain ON rewrites TO nrem_maintain USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON rewrites TO nrem_maintain;
RESET ROLE;

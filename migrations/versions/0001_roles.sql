-- nrem_owner owns every object and nrem_lookup the two functions that look across orgs; neither can
-- log in. nrem_api and nrem_worker run; nrem_admin makes orgs and keys and reads no memory.
-- Roles belong to the cluster, so another database (or a test's) may have made them already.
CREATE EXTENSION IF NOT EXISTS vector;

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['nrem_owner', 'nrem_lookup', 'nrem_admin', 'nrem_api', 'nrem_worker'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
        EXECUTE format(
          'CREATE ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE %s',
          wanted, CASE WHEN wanted IN ('nrem_owner', 'nrem_lookup') THEN 'NOLOGIN' ELSE 'LOGIN' END);
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- another migration run of the cluster made it in the meantime
    END;
    IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO %I', wanted, current_user);
    END IF;
  END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO nrem_owner, nrem_lookup;
GRANT USAGE ON SCHEMA public TO nrem_admin, nrem_api, nrem_worker;
SET LOCAL ROLE nrem_owner;

-- The instant that carries meaning: set once per transaction, else the database's clock.
CREATE FUNCTION app_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('app.now', true), '')::timestamptz, clock_timestamp());

-- The org that this transaction works for; NULL when none is set, so that no row matches.
CREATE FUNCTION app_org() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.org_id', true), '')::bigint;

-- Files are rewritten by nobody; roles belong to the cluster and stay.
SET LOCAL ROLE nrem_owner;
DROP TABLE rewrite_marks, rewrites;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE MAINTAIN ON TABLES FROM nrem_maintain;
DO $$
DECLARE
  its text;
BEGIN
  FOR its IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = 'nrem_owner' LOOP
    EXECUTE format('REVOKE MAINTAIN ON %I FROM nrem_maintain', its);
  END LOOP;
END
$$;
RESET ROLE;
REVOKE USAGE ON SCHEMA public FROM nrem_maintain;

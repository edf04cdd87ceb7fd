-- Row-level security on the new tables, as on those before them.
DO $$
DECLARE
  tenant constant text[] := ARRAY['accesses', 'crossings', 'past_embeddings', 'past_lexemes', 'holds'];
  control constant text[] := ARRAY['schedules', 'redues'];
  name text;
BEGIN
  FOREACH name IN ARRAY tenant || control LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY tenant LOOP
    EXECUTE format(
      'CREATE POLICY %I ON %I USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
  END LOOP;
  FOREACH name IN ARRAY control LOOP
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_api, nrem_owner USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_worker USING (true) WITH CHECK (true)', name || '_worker', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON accesses, holds TO nrem_api;
GRANT SELECT, INSERT ON crossings TO nrem_api;
GRANT SELECT ON past_embeddings, past_lexemes TO nrem_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON schedules, redues TO nrem_api;
GRANT INSERT ON policies TO nrem_api;

GRANT SELECT, INSERT, UPDATE, DELETE ON accesses, crossings TO nrem_worker;
GRANT SELECT, DELETE ON past_embeddings, past_lexemes, memory_versions TO nrem_worker;
GRANT SELECT ON holds, schedules TO nrem_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON redues TO nrem_worker;
GRANT UPDATE (body) ON events TO nrem_worker;

ALTER TABLE memories ALTER COLUMN features SET STATISTICS 0;
ALTER TABLE past_embeddings ALTER COLUMN vector SET STATISTICS 0;
ALTER TABLE past_lexemes ALTER COLUMN lexeme SET STATISTICS 0;
ALTER TABLE holds ALTER COLUMN reference SET STATISTICS 0;

RESET ROLE;

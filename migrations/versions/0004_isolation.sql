-- Row-level security and grants of the tables of this migration.
SET LOCAL ROLE nrem_owner;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'audit', 'conversations', 'conversation_turns', 'datasets', 'dataset_memories', 'jobs', 'budgets'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
  END LOOP;
END
$$;

-- A trail is added to and read, by nobody changed.
GRANT SELECT, INSERT ON audit TO nrem_api, nrem_worker;
GRANT SELECT, INSERT, UPDATE ON conversations, conversation_turns, jobs, budgets TO nrem_api;
GRANT SELECT, INSERT ON datasets, dataset_memories TO nrem_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs, datasets, dataset_memories TO nrem_worker;
GRANT SELECT ON conversations, conversation_turns, budgets TO nrem_worker;

ALTER TABLE conversations ALTER COLUMN title SET STATISTICS 0;
ALTER TABLE conversations ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE datasets ALTER COLUMN external_id SET STATISTICS 0;
ALTER TABLE jobs ALTER COLUMN request SET STATISTICS 0;
ALTER TABLE sessions ALTER COLUMN session_type SET STATISTICS 0;
RESET ROLE;

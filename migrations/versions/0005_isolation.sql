-- Row-level security and grants of observations and cards.
SET LOCAL ROLE nrem_owner;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'observation_logs', 'observations', 'observation_parents', 'card_schemas', 'cards', 'card_values'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE
  ON observation_logs, observations, observation_parents, card_schemas, cards, card_values TO nrem_worker;
-- A caller restores an observation, undoes a run, and has what was said erased.
GRANT SELECT, UPDATE ON observation_logs TO nrem_api;
GRANT SELECT, UPDATE, DELETE ON observations TO nrem_api;
GRANT SELECT ON observation_parents TO nrem_api;
GRANT SELECT, INSERT, UPDATE ON card_schemas, cards, card_values TO nrem_api;
-- An agent may be renamed.
GRANT UPDATE (external_id) ON agents TO nrem_api;

ALTER TABLE observations ALTER COLUMN text SET STATISTICS 0, ALTER COLUMN vector SET STATISTICS 0;
ALTER TABLE card_schemas ALTER COLUMN body SET STATISTICS 0;
ALTER TABLE card_values ALTER COLUMN field SET STATISTICS 0, ALTER COLUMN value SET STATISTICS 0;
RESET ROLE;

-- What an import has carried over: keyed digests of what each thing was, so that none comes twice.
SET LOCAL ROLE nrem_owner;

CREATE TABLE carried (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  key bytea NOT NULL,
  PRIMARY KEY (org_id, key)
);

ALTER TABLE carried ENABLE ROW LEVEL SECURITY;
ALTER TABLE carried FORCE ROW LEVEL SECURITY;
CREATE POLICY carried_org ON carried
  USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()));
GRANT SELECT, INSERT ON carried TO nrem_api;
RESET ROLE;

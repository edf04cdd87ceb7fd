-- Vectors that callers bring themselves, of any length, by names of their own.
SET LOCAL ROLE nrem_owner;

CREATE TABLE vectors (
  org_id bigint NOT NULL,
  agent_id bigint NOT NULL,
  namespace text NOT NULL,
  external_id text NOT NULL,
  -- whose it is, where its metadata name a user_id: it goes when that person is forgotten
  user_id bigint,
  vector vector NOT NULL,
  metadata jsonb NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, agent_id, namespace, external_id),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id) ON DELETE CASCADE
);

CREATE INDEX vectors_user_idx ON vectors (org_id, agent_id, user_id);

ALTER TABLE vectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE vectors FORCE ROW LEVEL SECURITY;
CREATE POLICY vectors_org ON vectors
  USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()));
GRANT SELECT, INSERT, UPDATE, DELETE ON vectors TO nrem_api, nrem_worker;

ALTER TABLE vectors
  ALTER COLUMN namespace SET STATISTICS 0, ALTER COLUMN external_id SET STATISTICS 0,
  ALTER COLUMN vector SET STATISTICS 0, ALTER COLUMN metadata SET STATISTICS 0;
RESET ROLE;

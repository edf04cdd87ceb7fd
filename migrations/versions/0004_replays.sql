-- What was done under an idempotency key, for routes whose rows keep none: digests and a row number.
SET LOCAL ROLE nrem_owner;

CREATE TABLE replays (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  key bytea NOT NULL,
  body bytea NOT NULL,
  -- the row that was made, once its answer is known
  made bigint,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, key)
);

CREATE INDEX replays_created_at_idx ON replays (org_id, created_at);

ALTER TABLE replays ENABLE ROW LEVEL SECURITY;
ALTER TABLE replays FORCE ROW LEVEL SECURITY;
CREATE POLICY replays_org ON replays
  USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()));
GRANT SELECT, INSERT, UPDATE, DELETE ON replays TO nrem_api;
RESET ROLE;

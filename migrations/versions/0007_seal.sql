-- The chain of the audit trail: each line gets a place and a hash that covers the one before it.
SET LOCAL ROLE nrem_owner;

-- Which lines wait for their seal; written with the line, so that one which nobody queued stands out.
CREATE TABLE seal_queue (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  audit_id bigint NOT NULL,
  PRIMARY KEY (org_id, audit_id)
);

CREATE INDEX seal_queue_audit_idx ON seal_queue (audit_id);

-- No key points to the line: a seal must outlive a line that somebody took out.
CREATE TABLE seals (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  place bigint NOT NULL CONSTRAINT seals_place_check CHECK (place > 0),
  audit_id bigint NOT NULL,
  hash bytea NOT NULL,
  -- of the database's own clock
  sealed_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, place),
  CONSTRAINT seals_audit_key UNIQUE (org_id, audit_id)
);

-- The end of each chain, for those who keep it elsewhere.
CREATE TABLE seal_heads (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  place bigint NOT NULL,
  audit_id bigint NOT NULL,
  hash bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  PRIMARY KEY (org_id)
);

ALTER TABLE seals ENABLE ROW LEVEL SECURITY;
ALTER TABLE seals FORCE ROW LEVEL SECURITY;
CREATE POLICY seals_org ON seals
  USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()));
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['seal_queue', 'seal_heads'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_api, nrem_admin, nrem_owner USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_worker USING (true) WITH CHECK (true)', name || '_worker', name);
  END LOOP;
END
$$;

-- Nobody may change a seal; the queue is emptied by who seals.
GRANT SELECT, INSERT ON seals TO nrem_worker;
-- Who adds a line queues it, in one statement that needs the line's number.
GRANT INSERT ON seal_queue TO nrem_api, nrem_admin;
GRANT SELECT (org_id, id) ON audit TO nrem_admin;
GRANT SELECT, INSERT, DELETE ON seal_queue TO nrem_worker;
GRANT SELECT, INSERT, UPDATE ON seal_heads TO nrem_worker;

-- The owner sees rows of all orgs for the length of this migration only.
ALTER TABLE audit NO FORCE ROW LEVEL SECURITY;
ALTER TABLE seal_queue NO FORCE ROW LEVEL SECURITY;
INSERT INTO seal_queue (org_id, audit_id) SELECT e.org_id, e.id FROM audit AS e;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
ALTER TABLE seal_queue FORCE ROW LEVEL SECURITY;
RESET ROLE;

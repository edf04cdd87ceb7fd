-- Who did what: content-free, so that it may outlive what it is about. No row points to a memory or a
-- person by a key that would die with them.
SET LOCAL ROLE nrem_owner;

CREATE TABLE audit (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  operation text NOT NULL,
  at timestamptz NOT NULL,
  -- the key that asked, or the run that did it
  key_row_id bigint,
  run_id bigint,
  agent_id bigint,
  user_id bigint,
  memory_id bigint,
  memory_type text,
  -- of a recall: what it answered
  memory_ids bigint[] NOT NULL DEFAULT '{}',
  address inet,
  -- names of fields, counts and codes; never words
  details jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (org_id, id)
);

CREATE INDEX audit_agent_idx ON audit (org_id, agent_id, id);
CREATE INDEX audit_operation_idx ON audit (org_id, operation, id);
CREATE INDEX audit_memory_idx ON audit (org_id, memory_id, id) WHERE memory_id IS NOT NULL;
RESET ROLE;

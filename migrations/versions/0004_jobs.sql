-- Work that a caller asks for and looks after by its id.
SET LOCAL ROLE nrem_owner;

-- A name that callers give to what belongs together.
CREATE TABLE datasets (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  external_id text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, id),
  CONSTRAINT datasets_external_key UNIQUE (org_id, external_id)
);

CREATE TABLE jobs (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  family text NOT NULL CONSTRAINT jobs_family_check CHECK (family IN ('ingest', 'distill', 'refine')),
  state text NOT NULL DEFAULT 'queued' CONSTRAINT jobs_state_check
    CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
  -- 'api', or the schedule that asked
  cause text NOT NULL DEFAULT 'api',
  agent_id bigint,
  dataset_id bigint,
  -- who asks for the same while it runs gets this job
  input_key bytea NOT NULL,
  -- who sends the same request again gets this job, over or not
  idem_key bytea,
  -- what was asked; words in it are taken out when the job is over
  request jsonb NOT NULL,
  -- counts, row numbers and codes
  result jsonb NOT NULL DEFAULT '{}',
  error text,
  run_id bigint,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  started_at timestamptz,
  completed_at timestamptz,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id),
  FOREIGN KEY (org_id, dataset_id) REFERENCES datasets (org_id, id)
);

CREATE UNIQUE INDEX jobs_running_key ON jobs (org_id, family, input_key)
  WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX jobs_idem_key ON jobs (org_id, idem_key) WHERE idem_key IS NOT NULL;

-- Which memories belong to a dataset.
CREATE TABLE dataset_memories (
  org_id bigint NOT NULL,
  dataset_id bigint NOT NULL,
  memory_id bigint NOT NULL,
  PRIMARY KEY (org_id, dataset_id, memory_id),
  FOREIGN KEY (org_id, dataset_id) REFERENCES datasets (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE
);

CREATE INDEX dataset_memories_memory_idx ON dataset_memories (org_id, memory_id);

ALTER TABLE inbox DROP CONSTRAINT inbox_item_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_item_kind_check
  CHECK (item_kind IN ('event', 'memory', 'turn', 'preview', 'job'));
RESET ROLE;

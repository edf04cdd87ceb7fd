-- Cards: what an agent keeps in mind of a person, as fields that its schema names.
SET LOCAL ROLE nrem_owner;

CREATE TABLE card_schemas (
  org_id bigint NOT NULL,
  agent_id bigint NOT NULL,
  version int NOT NULL DEFAULT 1,
  -- a flat JSON schema; names of fields are the caller's
  body jsonb NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, agent_id),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE CASCADE
);

CREATE TABLE cards (
  org_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  -- grows with each patch that changes a value
  version int NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, subject_id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id) ON DELETE CASCADE
);

-- Values, current and past: a field has one whose valid_to is null, or none.
CREATE TABLE card_values (
  org_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  field text NOT NULL,
  -- of the card when it was written
  version int NOT NULL,
  value text NOT NULL CONSTRAINT card_values_value_check CHECK (value <> ''),
  valid_from timestamptz NOT NULL,
  valid_to timestamptz,
  PRIMARY KEY (org_id, subject_id, field, version),
  FOREIGN KEY (org_id, subject_id) REFERENCES cards (org_id, subject_id) ON DELETE CASCADE,
  CONSTRAINT card_values_span_check CHECK (valid_from <= valid_to)
);

CREATE UNIQUE INDEX card_values_current_key ON card_values (org_id, subject_id, field)
  WHERE valid_to IS NULL;
RESET ROLE;

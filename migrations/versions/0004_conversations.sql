-- Conversations as their own rows, sessions that callers start, and budgets that orgs set.
SET LOCAL ROLE nrem_owner;

CREATE TABLE conversations (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  agent_id bigint NOT NULL,
  user_id bigint,
  title text,
  metadata jsonb NOT NULL DEFAULT '{}',
  summary_cadence int NOT NULL DEFAULT 10 CONSTRAINT conversations_cadence_check
    CHECK (summary_cadence BETWEEN 1 AND 1000),
  turn_count int NOT NULL DEFAULT 0,
  last_summary_turn int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  -- keyed digests, as of events
  idem_key bytea,
  body_hash bytea,
  PRIMARY KEY (org_id, id),
  CONSTRAINT conversations_idem_key UNIQUE (org_id, idem_key),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id),
  FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);

-- Numbered from 1 without gaps, under a lock on the conversation.
CREATE TABLE conversation_turns (
  org_id bigint NOT NULL,
  conversation_id bigint NOT NULL,
  turn_index int NOT NULL CONSTRAINT conversation_turns_index_check CHECK (turn_index >= 1),
  memory_id bigint NOT NULL,
  role text NOT NULL CONSTRAINT conversation_turns_role_check
    CHECK (role IN ('user', 'assistant', 'system', 'tool', 'summary')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, conversation_id, turn_index),
  FOREIGN KEY (org_id, conversation_id) REFERENCES conversations (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, memory_id) REFERENCES memories (org_id, id) ON DELETE CASCADE
);

CREATE INDEX conversation_turns_memory_idx ON conversation_turns (org_id, memory_id);

ALTER TABLE sessions ADD COLUMN session_type text NOT NULL DEFAULT 'conversation';

-- Only what an org set itself; 0 stands for the server's default.
CREATE TABLE budgets (
  org_id bigint PRIMARY KEY REFERENCES orgs (id) ON DELETE CASCADE,
  daily_tokens bigint NOT NULL DEFAULT 0,
  daily_llm_calls bigint NOT NULL DEFAULT 0,
  daily_embeddings bigint NOT NULL DEFAULT 0,
  monthly_tokens bigint NOT NULL DEFAULT 0,
  monthly_llm_calls bigint NOT NULL DEFAULT 0,
  monthly_embeddings bigint NOT NULL DEFAULT 0,
  set_at timestamptz NOT NULL
);
RESET ROLE;

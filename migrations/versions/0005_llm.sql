-- Calls of paid models: every one with its money, and what may be said of a body only with a key that
-- lies outside of the database.
SET LOCAL ROLE nrem_owner;

CREATE TABLE llm_calls (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  pass text NOT NULL,
  run_id bigint NOT NULL,
  -- the person whose key seals the bodies; NULL: nobody's words are in them
  subject_id bigint,
  model text NOT NULL,
  prompt_hash bytea NOT NULL,
  request_hash bytea NOT NULL,
  -- 'reserved' until the call returns: if it never does, the reservation lapses
  status text NOT NULL DEFAULT 'reserved' CONSTRAINT llm_calls_status_check
    CHECK (status IN ('reserved', 'ok', 'refused', 'truncated', 'invalid', 'limited', 'overloaded',
                      'timeout', 'unreachable', 'spend_limit', 'denied', 'rejected')),
  reserved_micros bigint NOT NULL,
  reserved_tokens bigint NOT NULL,
  lapses_at timestamptz NOT NULL,
  cost_micros bigint NOT NULL DEFAULT 0,
  tokens_in bigint NOT NULL DEFAULT 0,
  tokens_out bigint NOT NULL DEFAULT 0,
  cache_read bigint NOT NULL DEFAULT 0,
  cache_write bigint NOT NULL DEFAULT 0,
  -- the provider's own
  request_id text,
  duration_ms double precision,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- sealed
  request bytea,
  reply bytea,
  PRIMARY KEY (org_id, id)
);

CREATE INDEX llm_calls_request_idx ON llm_calls (org_id, request_hash, id);
CREATE INDEX llm_calls_reserved_idx ON llm_calls (org_id, lapses_at) WHERE status = 'reserved';
CREATE INDEX llm_calls_run_idx ON llm_calls (org_id, run_id);
ALTER TABLE llm_calls ALTER COLUMN request SET STATISTICS 0, ALTER COLUMN reply SET STATISTICS 0;

-- What was spent, by UTC day and pass; `items` are pieces of the pass's backlog.
CREATE TABLE llm_spend (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  day date NOT NULL,
  pass text NOT NULL,
  calls bigint NOT NULL DEFAULT 0,
  items bigint NOT NULL DEFAULT 0,
  tokens bigint NOT NULL DEFAULT 0,
  micros bigint NOT NULL DEFAULT 0,
  duration_ms double precision NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, day, pass)
);

CREATE INDEX llm_spend_day_idx ON llm_spend (day);

-- Whether a model may be asked for an org again, and how often in a row it could not answer.
CREATE TABLE llm_gates (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  model text NOT NULL,
  not_before timestamptz NOT NULL DEFAULT '-infinity',
  failures int NOT NULL DEFAULT 0,
  reason text,
  PRIMARY KEY (org_id, model)
);

-- What appraise does to a memory can be undone as the other passes' doings can.
ALTER TABLE run_changes DROP CONSTRAINT run_changes_what_check;
ALTER TABLE run_changes ADD CONSTRAINT run_changes_what_check
  CHECK (what IN ('created', 'merged', 'closed', 'superseded', 'supported', 'appraised', 'reverted'));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['llm_calls', 'llm_spend', 'llm_gates'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  -- What is spent is counted over all orgs too; these two hold no content.
  FOREACH name IN ARRAY ARRAY['llm_spend', 'llm_gates'] LOOP
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_api, nrem_owner USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_worker USING (true) WITH CHECK (true)', name || '_worker', name);
  END LOOP;
END
$$;
CREATE POLICY llm_calls_org ON llm_calls USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()));

GRANT SELECT, INSERT, UPDATE, DELETE ON llm_calls, llm_spend, llm_gates TO nrem_worker;
GRANT SELECT ON llm_calls, llm_spend, llm_gates TO nrem_api;
RESET ROLE;

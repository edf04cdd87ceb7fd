-- Requests of scheduled runs that are sent together, and who waits for their replies. No words of
-- anybody's: requests and replies lie sealed in llm_calls.
SET LOCAL ROLE nrem_owner;

-- What is gathered for one model, sent as one Message Batch, and fetched.
CREATE TABLE llm_batches (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  model text NOT NULL,
  -- open: gathers; full: takes no more; sending: on its way, or nobody knows; sent: at the provider;
  -- answered: its replies are in the ledger; done: nobody waits for it any more
  state text NOT NULL DEFAULT 'open' CONSTRAINT llm_batches_state_check
    CHECK (state IN ('open', 'full', 'sending', 'sent', 'answered', 'done')),
  -- begins the name of each of its requests at the provider, so that it is known again there
  token uuid NOT NULL DEFAULT gen_random_uuid(),
  requests int NOT NULL DEFAULT 1,
  bytes bigint NOT NULL,
  -- the provider's own name; is_sure: the provider said so to us, or its results bear our token
  provider_id text,
  is_sure boolean NOT NULL DEFAULT false,
  -- batches at the provider that were taken for this one, and are not
  foreign_ids text[] NOT NULL DEFAULT '{}',
  tries int NOT NULL DEFAULT 0,
  polls int NOT NULL DEFAULT 0,
  opened_at timestamptz NOT NULL,
  -- when it was first on its way
  sent_at timestamptz,
  answered_at timestamptz,
  PRIMARY KEY (org_id, id),
  CONSTRAINT llm_batches_sent_check CHECK (state <> 'sent' OR provider_id IS NOT NULL)
);

CREATE UNIQUE INDEX llm_batches_open_key ON llm_batches (org_id, model) WHERE state = 'open';
CREATE INDEX llm_batches_sent_idx ON llm_batches (sent_at) WHERE provider_id IS NOT NULL;
CREATE INDEX llm_batches_state_idx ON llm_batches (org_id, state) WHERE state <> 'done';

-- A call of a batch answers so many pieces of a backlog.
ALTER TABLE llm_calls ADD COLUMN batch_id bigint, ADD COLUMN items bigint NOT NULL DEFAULT 1;
CREATE INDEX llm_calls_batch_idx ON llm_calls (org_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX llm_calls_subject_idx ON llm_calls (org_id, subject_id) WHERE subject_id IS NOT NULL;
ALTER TABLE llm_calls DROP CONSTRAINT llm_calls_status_check;
ALTER TABLE llm_calls ADD CONSTRAINT llm_calls_status_check
  CHECK (status IN ('reserved', 'ok', 'refused', 'truncated', 'invalid', 'limited', 'overloaded', 'timeout',
                    'unreachable', 'spend_limit', 'denied', 'rejected', 'canceled', 'expired'));

-- Who waits for a call of a batch: a stream of a pass, or (0) the items of its queue.
CREATE TABLE llm_batch_waits (
  org_id bigint NOT NULL,
  call_id bigint NOT NULL,
  pass text NOT NULL,
  stream_id bigint NOT NULL DEFAULT 0,
  -- waiting; taken: the reply was used; stale: it answers what is not asked any more
  state text NOT NULL DEFAULT 'waiting' CONSTRAINT llm_batch_waits_state_check
    CHECK (state IN ('waiting', 'taken', 'stale')),
  PRIMARY KEY (org_id, call_id, pass, stream_id),
  FOREIGN KEY (org_id, call_id) REFERENCES llm_calls (org_id, id) ON DELETE CASCADE
);

CREATE INDEX llm_batch_waits_stream_idx ON llm_batch_waits (org_id, pass, stream_id);

-- What of the day's money went to batches, which cost half.
ALTER TABLE llm_spend ADD COLUMN batch_calls bigint NOT NULL DEFAULT 0,
                      ADD COLUMN batch_micros bigint NOT NULL DEFAULT 0;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['llm_batches', 'llm_batch_waits'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_api, nrem_owner USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_worker USING (true) WITH CHECK (true)', name || '_worker', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON llm_batches, llm_batch_waits TO nrem_worker;
GRANT SELECT ON llm_batches, llm_batch_waits TO nrem_api;
-- Who forgets for good takes what models were shown and said with it.
GRANT UPDATE (request, reply) ON llm_calls TO nrem_api;

ALTER TABLE inbox DROP CONSTRAINT inbox_item_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_item_kind_check
  CHECK (item_kind IN ('event', 'memory', 'turn', 'preview', 'job', 'llm_batch'));
RESET ROLE;

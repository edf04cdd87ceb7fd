-- Takes the drift guard away again; what it rejected counts as failed.
SET LOCAL ROLE nrem_owner;

ALTER TABLE leases DROP COLUMN rejections;

ALTER TABLE runs NO FORCE ROW LEVEL SECURITY;
UPDATE runs SET outcome = 'failed' WHERE outcome = 'rejected';
ALTER TABLE runs FORCE ROW LEVEL SECURITY;
ALTER TABLE runs DROP CONSTRAINT runs_outcome_check;
ALTER TABLE runs ADD CONSTRAINT runs_outcome_check
  CHECK (outcome IN ('applied', 'noop', 'deferred', 'failed', 'parked'));

RESET ROLE;

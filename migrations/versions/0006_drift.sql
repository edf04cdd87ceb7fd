-- The drift guard: runs that were rejected, and how often in a row a stream's were.
SET LOCAL ROLE nrem_owner;

ALTER TABLE runs DROP CONSTRAINT runs_outcome_check;
ALTER TABLE runs ADD CONSTRAINT runs_outcome_check
  CHECK (outcome IN ('applied', 'noop', 'deferred', 'rejected', 'failed', 'parked'));

-- From the first rejection on rules propose, until a run goes through.
ALTER TABLE leases ADD COLUMN rejections int NOT NULL DEFAULT 0;

RESET ROLE;

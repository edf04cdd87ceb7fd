-- Takes away what was paid for and why; memories stay.
SET LOCAL ROLE nrem_owner;
DROP TABLE llm_calls, llm_spend, llm_gates;
ALTER TABLE inbox NO FORCE ROW LEVEL SECURITY;
DELETE FROM inbox WHERE pass = 'appraise';
ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
ALTER TABLE run_changes NO FORCE ROW LEVEL SECURITY;
DELETE FROM run_changes WHERE what = 'appraised';
ALTER TABLE run_changes FORCE ROW LEVEL SECURITY;
ALTER TABLE run_changes DROP CONSTRAINT run_changes_what_check;
ALTER TABLE run_changes ADD CONSTRAINT run_changes_what_check
  CHECK (what IN ('created', 'merged', 'closed', 'superseded', 'supported', 'reverted'));
RESET ROLE;

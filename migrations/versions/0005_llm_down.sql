-- Takes away what was paid for and why; memories stay.
SET LOCAL ROLE nrem_owner;
DROP TABLE llm_calls, llm_spend, llm_gates;
ALTER TABLE inbox NO FORCE ROW LEVEL SECURITY;
DELETE FROM inbox WHERE pass = 'appraise';
ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
RESET ROLE;

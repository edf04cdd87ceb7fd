-- backlog_outcomes: how often each pass ended how, over all orgs: numbers only.
-- Index: none (a function that may look across orgs)
SELECT c.pass AS pass_name, c.outcome, c.runs
FROM run_counts() AS c

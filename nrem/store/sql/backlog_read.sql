-- backlog_read: due work per pass over all orgs: numbers only.
-- Index: none (a function that may look across orgs)
SELECT b.pass AS pass_name, b.waiting, b.oldest_due_seconds, b.parked
FROM backlog_read() AS b

-- org_all: every org, in the order they were made.
-- Index: none (all orgs)
-- Role: nrem_worker
SELECT g.id
FROM orgs AS g
ORDER BY g.id

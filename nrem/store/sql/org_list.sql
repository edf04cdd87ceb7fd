-- org_list: every org, in the order they were made.
-- Index: none (all orgs)
-- Role: nrem_admin
SELECT o.id, o.name, o.created_at, o.is_operator, o.rate_per_minute
FROM orgs AS o
ORDER BY o.id

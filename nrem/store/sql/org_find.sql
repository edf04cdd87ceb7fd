-- org_find: the org of a name.
-- Index: orgs_name_key
-- Role: nrem_admin
SELECT o.id
FROM orgs AS o
WHERE o.name = cast(:name AS text)

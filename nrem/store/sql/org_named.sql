-- org_named: the org of a name, for a program beside the database; NULL when there is none.
-- Index: none (a function that may look across orgs reads orgs_name_key)
SELECT org_named(cast(:name AS text)) AS id

-- org_found: makes an org, if an operator's org asks and the name is free.
-- Index: none (a function that may look across orgs writes orgs)
SELECT org_found(cast(:name AS text)) AS id

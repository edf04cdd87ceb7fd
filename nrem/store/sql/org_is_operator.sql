-- org_is_operator: whether this transaction's org may found others.
-- Index: none (a function reads orgs_pkey)
SELECT org_is_operator() AS is_operator

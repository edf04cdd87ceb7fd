-- org_bound: how often another org may ask, if an operator's org says so.
-- Index: none (a function that may look across orgs reads orgs_pkey)
SELECT org_bound(cast(:bound_id AS bigint), cast(:per_minute AS int)) AS id

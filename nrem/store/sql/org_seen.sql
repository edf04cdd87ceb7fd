-- org_seen: the orgs that this one may know of, in the order they were made.
-- Index: none (a function that may look across orgs reads orgs)
SELECT o.id, o.name, o.created_at, o.is_operator, o.rate_per_minute
FROM org_seen() AS o
WHERE o.id > cast(:after_id AS bigint) AND o.id <= cast(:until_id AS bigint)
ORDER BY o.id
LIMIT cast(:limit AS bigint)

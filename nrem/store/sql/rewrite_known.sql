-- rewrite_known: the last rewrite of each table and of the log.
-- Index: none (some thirty rows)
-- Role: nrem_maintain
SELECT r.name, r.before_xid, r.ended_at FROM rewrites AS r

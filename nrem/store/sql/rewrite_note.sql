-- rewrite_note: a table, or the log, was rewritten.
-- Index: none (one row)
-- Role: nrem_maintain
INSERT INTO rewrites AS r (name, before_xid, ended_at)
VALUES (cast(:name AS text), cast(:before_xid AS bigint), clock_timestamp())
ON CONFLICT (name) DO UPDATE SET before_xid = excluded.before_xid, ended_at = excluded.ended_at

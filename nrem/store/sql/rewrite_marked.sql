-- rewrite_marked: what was noted for an erasure.
-- Index: rewrite_marks_pkey
-- Role: nrem_worker
SELECT m.before_xid
FROM rewrite_marks AS m
WHERE m.org_id = cast(:org_id AS bigint) AND m.erasure_id = cast(:erasure_id AS bigint)

-- rewrite_unmark: an erasure waits for no rewrite any more.
-- Index: rewrite_marks_pkey
-- Role: nrem_worker
DELETE FROM rewrite_marks AS m
WHERE m.org_id = cast(:org_id AS bigint) AND m.erasure_id = cast(:erasure_id AS bigint)

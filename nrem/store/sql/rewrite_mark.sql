-- rewrite_mark: notes, once for an erasure, the number that no committed transaction has reached yet.
-- Index: rewrite_marks_pkey
-- Role: nrem_worker
INSERT INTO rewrite_marks (org_id, erasure_id, before_xid)
VALUES (cast(:org_id AS bigint), cast(:erasure_id AS bigint),
        cast(cast(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint))
ON CONFLICT (org_id, erasure_id) DO NOTHING

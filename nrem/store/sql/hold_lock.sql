-- hold_lock: keeps the pass expire out of the org until this transaction ends, and waits for a run that is under way.
-- Index: org_work_pkey
INSERT INTO org_work AS o (org_id, pass, due_at)
VALUES (cast(:org_id AS bigint), 'expire', 'infinity')
ON CONFLICT (org_id, pass) DO UPDATE
SET due_at = o.due_at

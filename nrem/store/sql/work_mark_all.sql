-- work_mark_all: makes every org due for a pass now.
-- Index: org_work_pkey
-- Role: nrem_worker
INSERT INTO org_work AS o (org_id, pass, due_at)
SELECT g.id, cast(:pass AS text), app_now()
FROM orgs AS g
ORDER BY g.id
ON CONFLICT (org_id, pass) DO UPDATE
SET due_at = least(o.due_at, excluded.due_at)

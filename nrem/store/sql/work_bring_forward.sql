-- work_bring_forward: makes the org due for passes no later than given; never postpones.
-- Index: org_work_pkey
INSERT INTO org_work AS o (org_id, pass, due_at)
SELECT cast(:org_id AS bigint), w.pass, app_now() + make_interval(secs => w.delay_seconds)
FROM unnest(cast(:passes AS text[]), cast(:delay_seconds AS float8[])) AS w (pass, delay_seconds)
ORDER BY w.pass
ON CONFLICT (org_id, pass) DO UPDATE
SET due_at = excluded.due_at
WHERE o.due_at > excluded.due_at

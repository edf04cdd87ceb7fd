-- work_request: makes the org due for a pass now; a request that waits already answers its own cause.
-- Index: org_work_pkey
INSERT INTO org_work AS o (org_id, pass, due_at, cause)
VALUES (cast(:org_id AS bigint), cast(:pass AS text), app_now(), cast(:cause AS text))
ON CONFLICT (org_id, pass) DO UPDATE
SET due_at = least(o.due_at, excluded.due_at),
    cause = CASE WHEN starts_with(o.cause, 'request:') THEN o.cause ELSE excluded.cause END
RETURNING o.cause

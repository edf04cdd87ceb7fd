-- work_rearm: says when the org is due again for a pass, no later than given, and charges what the run cost.
-- Index: org_work_pkey
-- Role: nrem_worker
INSERT INTO org_work AS o (org_id, pass, due_at, vtime, cause)
VALUES (
  cast(:org_id AS bigint), cast(:pass AS text), coalesce(cast(:due_at AS timestamptz), 'infinity'),
  cast(:cost AS float8), cast(:cause AS text))
ON CONFLICT (org_id, pass) DO UPDATE
SET due_at = least(o.due_at, excluded.due_at), vtime = o.vtime + excluded.vtime,
    cause = coalesce(o.cause, excluded.cause)

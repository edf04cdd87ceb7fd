-- work_put_off: an org is not due for a pass before then, whatever of it is due; a cause goes along.
-- Index: org_work_pkey
-- Role: nrem_worker
UPDATE org_work AS o
SET due_at = cast(:due_at AS timestamptz), cause = coalesce(o.cause, cast(:cause AS text))
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.pass = cast(:pass AS text)

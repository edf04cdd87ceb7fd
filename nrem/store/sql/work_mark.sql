-- work_mark: makes orgs due for a pass now and says why; without a cause for all, only those that are named.
-- Index: org_work_pkey
-- Role: nrem_worker
WITH marked AS (
  SELECT w.org_id, w.cause
  FROM unnest(cast(:org_ids AS bigint[]), cast(:causes AS text[])) AS w (org_id, cause)
  UNION ALL
  SELECT g.id, cast(:cause_of_others AS text)
  FROM orgs AS g
  WHERE cast(:cause_of_others AS text) IS NOT NULL
    AND NOT EXISTS (
      SELECT FROM schedules AS s WHERE s.org_id = g.id AND s.pass = cast(:pass AS text))
)
INSERT INTO org_work AS o (org_id, pass, due_at, cause)
SELECT g.id, cast(:pass AS text), app_now(), m.cause
FROM marked AS m
JOIN orgs AS g ON g.id = m.org_id
ORDER BY g.id
ON CONFLICT (org_id, pass) DO UPDATE
SET due_at = least(o.due_at, excluded.due_at),
    -- who asked looks for the run of this request
    cause = CASE WHEN starts_with(o.cause, 'request:') THEN o.cause ELSE excluded.cause END

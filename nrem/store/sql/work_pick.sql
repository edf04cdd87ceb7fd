-- work_pick: takes the due org with the lowest virtual time and enters it; an idle org comes in level with the busy ones.
-- Index: org_work_due_idx, schedules_pkey
-- Role: nrem_worker
WITH chosen AS (
  SELECT o.org_id, o.cause, o.due_at
  FROM org_work AS o
  WHERE o.pass = cast(:pass AS text)
    AND o.due_at < 'infinity'
    AND o.due_at <= app_now()
    AND (cast(:only_org AS bigint) IS NULL OR o.org_id = cast(:only_org AS bigint))
    AND (o.cause IS NULL OR o.due_at <= app_now() - make_interval(secs => cast(:grace_seconds AS float8)))
    -- a pass that rests does what it was asked for, and nothing else
    AND (o.cause = 'command' OR starts_with(o.cause, 'request:') OR NOT EXISTS (
      SELECT FROM schedules AS s WHERE s.org_id = o.org_id AND s.pass = o.pass AND s.paused))
  ORDER BY o.vtime, o.org_id
  LIMIT 1
  FOR UPDATE OF o SKIP LOCKED
), active AS (
  SELECT o.vtime AS lowest
  FROM org_work AS o
  WHERE o.pass = cast(:pass AS text)
    AND o.due_at < 'infinity'
    AND o.vtime > 0
    AND NOT EXISTS (
      SELECT FROM schedules AS s WHERE s.org_id = o.org_id AND s.pass = o.pass AND s.paused)
  ORDER BY o.vtime
  LIMIT 1
)
UPDATE org_work AS o
SET due_at = 'infinity', vtime = greatest(o.vtime, (SELECT a.lowest FROM active AS a)) + 1, cause = NULL
FROM chosen
WHERE o.org_id = chosen.org_id
  AND o.pass = cast(:pass AS text)
RETURNING o.org_id, chosen.cause, CASE WHEN isfinite(chosen.due_at) THEN chosen.due_at END AS due_at,
          nextval('runs_id_seq') AS run_id, app_now() AS instant,
          -- whoever is due besides, as far as this can tell
          cast(:only_org AS bigint) IS NULL AND EXISTS (
            SELECT FROM org_work AS n
            WHERE n.pass = cast(:pass AS text)
              AND n.due_at < 'infinity'
              AND n.due_at <= app_now()
              AND n.org_id <> o.org_id) AS is_more,
          set_config('app.org_id', cast(o.org_id AS text), true) AS entered

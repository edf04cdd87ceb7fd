-- schedule_project: brings the org's rows in line with its policy; what did not change keeps its instant.
-- Index: schedules_pkey
WITH wanted AS (
  SELECT w.pass, w.cron, w.timezone, w.paused
  FROM unnest(
    cast(:passes AS text[]), cast(:crons AS text[]), cast(:timezones AS text[]), cast(:paused AS bool[])
  ) AS w (pass, cron, timezone, paused)
), gone AS (
  DELETE FROM schedules AS s
  WHERE s.org_id = cast(:org_id AS bigint)
    AND NOT EXISTS (SELECT FROM wanted AS w WHERE w.pass = s.pass)
)
INSERT INTO schedules AS s (org_id, pass, cron, timezone, paused, set_at)
SELECT cast(:org_id AS bigint), w.pass, w.cron, w.timezone, w.paused, cast(:now AS timestamptz)
FROM wanted AS w
ORDER BY w.pass
ON CONFLICT (org_id, pass) DO UPDATE
SET cron = excluded.cron, timezone = excluded.timezone, paused = excluded.paused, set_at = excluded.set_at
WHERE (s.cron, s.timezone, s.paused) IS DISTINCT FROM (excluded.cron, excluded.timezone, excluded.paused)

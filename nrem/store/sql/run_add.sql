-- run_add: writes down one execution of a pass: ids, counts and codes, never content.
-- Index: runs_pkey, run_totals_pkey
WITH counted AS (
  INSERT INTO run_totals AS t (org_id, pass, outcome, runs)
  VALUES (cast(:org_id AS bigint), cast(:pass AS text), cast(:outcome AS text), 1)
  ON CONFLICT (org_id, pass, outcome) DO UPDATE
  SET runs = t.runs + 1
)
INSERT INTO runs (
  org_id, id, pass, cause, task_id, owner, stream_id, fence, engine, read, proposed, changed,
  outcome, reason, detail, started_at, duration_ms)
VALUES (
  cast(:org_id AS bigint), cast(:id AS bigint), cast(:pass AS text), cast(:cause AS text),
  cast(:task_id AS text), cast(:owner AS text), cast(:stream_id AS bigint), cast(:fence AS bigint),
  cast(:engine AS text), cast(:read AS int), cast(:proposed AS int), cast(:changed AS int),
  cast(:outcome AS text), cast(:reason AS text), cast(:detail AS jsonb), cast(:started_at AS timestamptz),
  cast(:duration_ms AS float8))

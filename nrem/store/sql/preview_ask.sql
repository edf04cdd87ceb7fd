-- preview_ask: writes down that somebody asks what a pass would do.
-- Index: none (one new row)
INSERT INTO previews (org_id, pass, subject_id, asked_at, expires_at)
VALUES (
  cast(:org_id AS bigint), cast(:pass AS text), cast(:subject_id AS bigint), app_now(),
  app_now() + make_interval(secs => cast(:lasts_seconds AS float8)))
RETURNING id

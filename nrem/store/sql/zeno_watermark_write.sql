-- zeno_watermark_write: says how far an agent has observed a thread, also where it had come further.
-- Index: zeno_watermarks_pkey
INSERT INTO zeno_watermarks (org_id, subject_id, thread_id, last_sequence, status, run_at)
VALUES (
  cast(:org_id AS bigint), cast(:subject_id AS bigint), cast(:thread_id AS bigint),
  cast(:last_sequence AS bigint), cast(:status AS text),
  coalesce(cast(:run_at AS timestamptz), app_now()))
ON CONFLICT (org_id, subject_id, thread_id) DO UPDATE
SET last_sequence = excluded.last_sequence, status = excluded.status, run_at = excluded.run_at

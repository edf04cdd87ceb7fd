-- event_add: inserts numbered events in their order; answers their row numbers.
-- Index: events_pkey
INSERT INTO events (
  org_id, kind, stream_id, seq, subject_id, session_id, occurred_at, recorded_at, tokens,
  body, body_hash, idem_key)
SELECT cast(:org_id AS bigint), w.kind, w.stream_id, w.seq, w.subject_id, nullif(w.session_id, 0),
       coalesce(w.occurred_at, app_now()), app_now(), w.tokens, w.body, w.body_hash, w.idem_key
FROM unnest(
  cast(:kinds AS text[]), cast(:stream_ids AS bigint[]), cast(:seqs AS bigint[]),
  cast(:subject_ids AS bigint[]), cast(:session_ids AS bigint[]),
  cast(:occurred_at AS timestamptz[]), cast(:tokens AS int[]), cast(:bodies AS jsonb[]),
  cast(:body_hashes AS bytea[]), cast(:idem_keys AS bytea[])
) WITH ORDINALITY AS w (
  kind, stream_id, seq, subject_id, session_id, occurred_at, tokens, body, body_hash, idem_key, place)
ORDER BY w.place
RETURNING stream_id, seq, id, occurred_at

-- observation_add: inserts observations with the original events behind them; one that is active already stays alone.
-- Index: observations_active_key, derivations_pkey
WITH added AS (
  INSERT INTO observations (
    org_id, subject_id, ordinal, text, content_hash, priority, trust, tokens, observation_date,
    referenced_date, referenced_from, created_at, run_id, stream_id, window_seq, window_place, vector, model,
    rounds)
  SELECT cast(:org_id AS bigint), w.subject_id, w.ordinal, w.text, w.content_hash, w.priority, w.trust,
         w.tokens, w.observation_date, w.referenced_date, w.referenced_from, coalesce(w.created_at, app_now()),
         cast(:run_id AS bigint), cast(:stream_id AS bigint), cast(:window_seq AS bigint), w.place,
         cast(w.vector AS halfvec(384)), cast(:model AS text), cast(w.rounds AS bigint[])
  FROM unnest(
    cast(:places AS int[]), cast(:subject_ids AS bigint[]), cast(:ordinals AS int[]),
    cast(:texts AS text[]), cast(:content_hashes AS bytea[]), cast(:priorities AS text[]),
    cast(:trusts AS text[]), cast(:token_counts AS int[]), cast(:observation_dates AS timestamptz[]),
    cast(:referenced_dates AS timestamptz[]), cast(:referenced_from AS timestamptz[]),
    cast(:vectors AS text[]), cast(:created_at AS timestamptz[]), cast(:rounds AS text[])
  ) AS w (
    place, subject_id, ordinal, text, content_hash, priority, trust, tokens, observation_date,
    referenced_date, referenced_from, vector,
    created_at, rounds)
  ORDER BY w.place
  ON CONFLICT DO NOTHING
  RETURNING id, subject_id, ordinal, tokens
), sourced AS (
  INSERT INTO derivations (org_id, child_kind, child_id, event_id, run_id)
  SELECT cast(:org_id AS bigint), 'observation', a.id, e.event_id, cast(:run_id AS bigint)
  FROM unnest(
    cast(:source_subjects AS bigint[]), cast(:source_ordinals AS int[]), cast(:source_events AS bigint[])
  ) AS e (subject_id, ordinal, event_id)
  JOIN added AS a ON a.subject_id = e.subject_id AND a.ordinal = e.ordinal
  ORDER BY a.id, e.event_id
)
SELECT a.id, a.subject_id, a.ordinal, a.tokens
FROM added AS a
ORDER BY a.id

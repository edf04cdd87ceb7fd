-- spend_add: adds a call to what an org spent today.
-- Index: llm_spend_pkey
-- Role: nrem_worker
INSERT INTO llm_spend AS s (org_id, day, pass, calls, items, tokens, micros, duration_ms)
VALUES (
  cast(:org_id AS bigint), cast(app_now() AT TIME ZONE 'UTC' AS date), cast(:pass AS text),
  cast(:calls AS bigint), cast(:items AS bigint), cast(:tokens AS bigint), cast(:micros AS bigint),
  cast(:duration_ms AS float8))
ON CONFLICT (org_id, day, pass) DO UPDATE
SET calls = s.calls + excluded.calls, items = s.items + excluded.items, tokens = s.tokens + excluded.tokens,
    micros = s.micros + excluded.micros, duration_ms = s.duration_ms + excluded.duration_ms

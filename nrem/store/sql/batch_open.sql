-- batch_open: begins to gather for a model, with a first request.
-- Index: llm_batches_pkey
-- Role: nrem_worker
INSERT INTO llm_batches (org_id, model, bytes, opened_at)
VALUES (cast(:org_id AS bigint), cast(:model AS text), cast(:bytes AS bigint), app_now())
RETURNING id

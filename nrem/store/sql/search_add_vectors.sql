-- search_add_vectors: stores the vectors of memories and turns; a repeated item is replaced.
-- Index: embeddings_pkey
INSERT INTO embeddings (org_id, item_kind, item_id, agent_id, subject_id, model, content_hash, vector)
SELECT cast(:org_id AS bigint), w.item_kind, w.item_id, w.agent_id, w.subject_id, cast(:model AS text),
       w.content_hash, cast(w.vector AS halfvec(384))
FROM unnest(
  cast(:item_kinds AS text[]), cast(:item_ids AS bigint[]), cast(:agent_ids AS bigint[]),
  cast(:subject_ids AS bigint[]), cast(:content_hashes AS bytea[]), cast(:vectors AS text[])
) AS w (item_kind, item_id, agent_id, subject_id, content_hash, vector)
ORDER BY w.item_kind, w.item_id
ON CONFLICT (org_id, item_kind, item_id) DO UPDATE
SET model = excluded.model, content_hash = excluded.content_hash, vector = excluded.vector

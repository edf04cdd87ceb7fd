-- search_add_vectors: stores the vectors of memories and turns, replacing older ones; that of a text which a memory no longer has is left out.
-- Index: embeddings_pkey
WITH w AS (
  SELECT g.item_kind, g.item_id, g.agent_id, g.subject_id, g.content_hash, g.vector
  FROM unnest(
    cast(:item_kinds AS text[]), cast(:item_ids AS bigint[]), cast(:agent_ids AS bigint[]),
    cast(:subject_ids AS bigint[]), cast(:content_hashes AS bytea[]), cast(:vectors AS text[])
  ) AS g (item_kind, item_id, agent_id, subject_id, content_hash, vector)
), kept AS (
  -- locked, so that nobody changes the text before its vector is committed
  SELECT m.id
  FROM memories AS m
  JOIN w ON w.item_kind = 'memory' AND m.id = w.item_id AND m.content_hash = w.content_hash
  WHERE m.org_id = cast(:org_id AS bigint)
  ORDER BY m.id
  FOR SHARE OF m
)
INSERT INTO embeddings (org_id, item_kind, item_id, agent_id, subject_id, model, content_hash, vector)
SELECT cast(:org_id AS bigint), w.item_kind, w.item_id, w.agent_id, w.subject_id, cast(:model AS text),
       w.content_hash, cast(w.vector AS halfvec(384))
FROM w
WHERE w.item_kind <> 'memory' OR w.item_id IN (SELECT k.id FROM kept AS k)
ORDER BY w.item_kind, w.item_id
ON CONFLICT (org_id, item_kind, item_id) DO UPDATE
SET model = excluded.model, content_hash = excluded.content_hash, vector = excluded.vector

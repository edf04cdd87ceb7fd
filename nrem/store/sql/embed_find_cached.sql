-- embed_find_cached: vectors that this org has for equal content and the same model.
-- Index: embeddings_content_idx
-- Role: nrem_worker
SELECT DISTINCT ON (e.content_hash) e.content_hash, cast(e.vector AS text) AS vector
FROM embeddings AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.content_hash = ANY(cast(:content_hashes AS bytea[]))
  AND e.model = cast(:model AS text)
ORDER BY e.content_hash

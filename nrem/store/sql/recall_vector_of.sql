-- recall_vector_of: how near given items are to the query.
-- Index: embeddings_pkey
SELECT e.item_kind, e.item_id, 1 - (e.vector <=> cast(:query AS halfvec(384))) AS cosine
FROM unnest(cast(:item_kinds AS text[]), cast(:item_ids AS bigint[])) AS w (item_kind, item_id)
JOIN embeddings AS e ON e.item_kind = w.item_kind AND e.item_id = w.item_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.model = cast(:model AS text)

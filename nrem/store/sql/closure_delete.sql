-- closure_delete: deletes memories with all that hangs on their rows; versions, uses, edges and the like go by foreign keys.
-- Index: memories_pkey, derivations_pkey, embeddings_pkey, lexemes_item_idx
WITH w AS (
  SELECT g.memory_id FROM unnest(cast(:memory_ids AS bigint[])) AS g (memory_id)
), vectors AS (
  DELETE FROM embeddings AS e USING w
  WHERE e.org_id = cast(:org_id AS bigint) AND e.item_kind = 'memory' AND e.item_id = w.memory_id
), postings AS (
  DELETE FROM lexemes AS l USING w
  WHERE l.org_id = cast(:org_id AS bigint) AND l.item_kind = 'memory' AND l.item_id = w.memory_id
), sources AS (
  DELETE FROM derivations AS d USING w
  WHERE d.org_id = cast(:org_id AS bigint) AND d.child_kind = 'memory' AND d.child_id = w.memory_id
)
DELETE FROM memories AS m USING w
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = w.memory_id

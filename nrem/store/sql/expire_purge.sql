-- expire_purge: empties forgotten memories and everything that recall, history or edges kept of their words.
-- Index: memories_pkey, memory_versions_pkey, embeddings_pkey, lexemes_item_idx, past_embeddings_pkey, past_lexemes_memory_idx, inbox_pkey, edges_source_idx, edges_target_idx
-- Role: nrem_worker
WITH w AS (
  SELECT g.memory_id FROM unnest(cast(:memory_ids AS bigint[])) AS g (memory_id)
), versions AS (
  DELETE FROM memory_versions AS v USING w WHERE v.org_id = cast(:org_id AS bigint) AND v.memory_id = w.memory_id
), vectors AS (
  DELETE FROM embeddings AS e USING w
  WHERE e.org_id = cast(:org_id AS bigint) AND e.item_kind = 'memory' AND e.item_id = w.memory_id
), postings AS (
  DELETE FROM lexemes AS l USING w
  WHERE l.org_id = cast(:org_id AS bigint) AND l.item_kind = 'memory' AND l.item_id = w.memory_id
), past_vectors AS (
  DELETE FROM past_embeddings AS p USING w WHERE p.org_id = cast(:org_id AS bigint) AND p.memory_id = w.memory_id
), past_postings AS (
  DELETE FROM past_lexemes AS p USING w WHERE p.org_id = cast(:org_id AS bigint) AND p.memory_id = w.memory_id
), queued AS (
  DELETE FROM inbox AS i USING w
  WHERE i.org_id = cast(:org_id AS bigint) AND i.pass = 'embed' AND i.item_kind = 'memory' AND i.item_id = w.memory_id
), ended AS (
  UPDATE edges AS e
  SET metadata = '{}', valid_to = coalesce(e.valid_to, greatest(app_now(), e.valid_from + interval '1 microsecond'))
  WHERE e.org_id = cast(:org_id AS bigint)
    AND (e.source_id = ANY(cast(:memory_ids AS bigint[])) OR e.target_id = ANY(cast(:memory_ids AS bigint[])))
)
UPDATE memories AS m
SET content = '', content_hash = '', metadata = '{}', features = NULL, expires_at = NULL, due_at = 'infinity'
FROM w
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = w.memory_id
  AND m.state = 'purged'

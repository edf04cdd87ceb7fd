-- export_memories: the next memories of a person with all that hangs on them; the row of no table says how far that is.
-- Index: memories_pkey, memory_versions_pkey, derivations_pkey, accesses_memory_idx, crossings_pkey, edges_source_idx, edges_target_idx, run_changes_memory_idx, dataset_memories_memory_idx, datasets_pkey, conversation_turns_memory_idx, holds_standing_key
WITH page AS (
  SELECT m.id
  FROM memories AS m
  WHERE m.org_id = cast(:org_id AS bigint)
    AND m.subject_id = ANY(cast(:subject_ids AS bigint[]))
    AND m.id > cast(:after AS bigint)
  ORDER BY m.id
  LIMIT cast(:limit AS int)
)
SELECT NULL AS "table", to_jsonb((SELECT max(p.id) FROM page AS p)) AS "row"
UNION ALL
SELECT 'memories', to_jsonb(t) FROM memories AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.id IN (SELECT p.id FROM page AS p)
UNION ALL
SELECT 'memory_versions', to_jsonb(t) FROM memory_versions AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.memory_id IN (SELECT p.id FROM page AS p)
UNION ALL
SELECT 'derivations', to_jsonb(t) FROM derivations AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.child_kind = 'memory' AND t.child_id IN (SELECT p.id FROM page AS p)
UNION ALL
SELECT 'accesses', to_jsonb(t) FROM accesses AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.memory_id IN (SELECT p.id FROM page AS p)
UNION ALL
SELECT 'crossings', to_jsonb(t) FROM crossings AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.memory_id IN (SELECT p.id FROM page AS p)
UNION ALL
SELECT 'edges', to_jsonb(t) FROM edges AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.source_id IN (SELECT p.id FROM page AS p)
UNION ALL
-- an edge from another of the person's memories is told with that one
SELECT 'edges', to_jsonb(t) FROM edges AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.target_id IN (SELECT p.id FROM page AS p)
  AND NOT EXISTS (
    SELECT FROM memories AS m
    WHERE m.org_id = t.org_id AND m.id = t.source_id AND m.subject_id = ANY(cast(:subject_ids AS bigint[])))
UNION ALL
SELECT 'run_changes', to_jsonb(t) FROM run_changes AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.memory_id IN (SELECT p.id FROM page AS p)
UNION ALL
SELECT 'dataset_memories', to_jsonb(t) || jsonb_build_object('dataset', d.external_id)
FROM dataset_memories AS t
JOIN datasets AS d ON d.org_id = t.org_id AND d.id = t.dataset_id
WHERE t.org_id = cast(:org_id AS bigint) AND t.memory_id IN (SELECT p.id FROM page AS p)
UNION ALL
-- in a conversation that names nobody, or somebody else
SELECT 'conversation_turns', to_jsonb(t) FROM conversation_turns AS t
JOIN conversations AS c ON c.org_id = t.org_id AND c.id = t.conversation_id
WHERE t.org_id = cast(:org_id AS bigint) AND t.memory_id IN (SELECT p.id FROM page AS p)
  AND c.user_id IS DISTINCT FROM cast(:user_id AS bigint)
UNION ALL
SELECT 'holds', to_jsonb(t) FROM holds AS t
WHERE t.org_id = cast(:org_id AS bigint) AND t.kind = 'memory' AND t.ref_id IN (SELECT p.id FROM page AS p)

-- erase_count: how many rows of each table go with an erasure, or with some of its items; one that two of them share counts once.
-- Index: none (every table, by the numbers of what goes)
-- Role: nrem_worker
WITH i AS MATERIALIZED (
  SELECT x.kind, x.item_id
  FROM erasure_items AS x
  WHERE x.org_id = cast(:org_id AS bigint)
    AND x.erasure_id = cast(:erasure_id AS bigint)
    AND (cast(:kinds AS text[]) IS NULL OR x.kind = ANY(cast(:kinds AS text[])))
    AND (cast(:item_ids AS bigint[]) IS NULL OR x.item_id = ANY(cast(:item_ids AS bigint[])))
)
SELECT 'memories' AS name, count(*) AS rows FROM memories AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')
UNION ALL
SELECT 'memory_versions' AS name, count(*) AS rows FROM memory_versions AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')
UNION ALL
SELECT 'accesses' AS name, count(*) AS rows FROM accesses AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory') OR x.event_id IN (SELECT i.item_id FROM i WHERE i.kind = 'event'))
UNION ALL
SELECT 'crossings' AS name, count(*) AS rows FROM crossings AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')
UNION ALL
SELECT 'edges' AS name, count(*) AS rows FROM edges AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.source_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory') OR x.target_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory'))
UNION ALL
SELECT 'run_changes' AS name, count(*) AS rows FROM run_changes AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')
UNION ALL
SELECT 'attributes' AS name, count(*) AS rows FROM attributes AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory') OR x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject'))
UNION ALL
SELECT 'promote_queue' AS name, count(*) AS rows FROM promote_queue AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory') OR x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject'))
UNION ALL
SELECT 'past_embeddings' AS name, count(*) AS rows FROM past_embeddings AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')
UNION ALL
SELECT 'past_lexemes' AS name, count(*) AS rows FROM past_lexemes AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')
UNION ALL
SELECT 'embeddings' AS name, count(*) AS rows FROM embeddings AS x
WHERE x.org_id = cast(:org_id AS bigint) AND ((x.item_kind = 'memory' AND x.item_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')) OR (x.item_kind = 'turn' AND x.item_id IN (SELECT i.item_id FROM i WHERE i.kind IN ('event', 'said'))))
UNION ALL
SELECT 'lexemes' AS name, count(*) AS rows FROM lexemes AS x
WHERE x.org_id = cast(:org_id AS bigint) AND ((x.item_kind = 'memory' AND x.item_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')) OR (x.item_kind = 'turn' AND x.item_id IN (SELECT i.item_id FROM i WHERE i.kind IN ('event', 'said'))))
UNION ALL
SELECT 'derivations' AS name, count(*) AS rows FROM derivations AS x
WHERE x.org_id = cast(:org_id AS bigint) AND ((x.child_kind = 'memory' AND x.child_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory')) OR (x.child_kind = 'observation' AND x.child_id IN (SELECT i.item_id FROM i WHERE i.kind = 'observation')) OR x.event_id IN (SELECT i.item_id FROM i WHERE i.kind IN ('event', 'said')))
UNION ALL
SELECT 'conversation_turns' AS name, count(*) AS rows FROM conversation_turns AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory') OR x.conversation_id IN (SELECT i.item_id FROM i WHERE i.kind = 'conversation'))
UNION ALL
SELECT 'dataset_memories' AS name, count(*) AS rows FROM dataset_memories AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.memory_id IN (SELECT i.item_id FROM i WHERE i.kind = 'memory') OR x.dataset_id IN (SELECT i.item_id FROM i WHERE i.kind = 'dataset'))
UNION ALL
SELECT 'events' AS name, count(*) AS rows FROM events AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'event')
UNION ALL
SELECT 'effects' AS name, count(*) AS rows FROM effects AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.event_id IN (SELECT i.item_id FROM i WHERE i.kind = 'event')
UNION ALL
SELECT 'observations' AS name, count(*) AS rows FROM observations AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'observation')
UNION ALL
SELECT 'observation_parents' AS name, count(*) AS rows FROM observation_parents AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.observation_id IN (SELECT i.item_id FROM i WHERE i.kind = 'observation') OR x.parent_id IN (SELECT i.item_id FROM i WHERE i.kind = 'observation'))
UNION ALL
SELECT 'observation_logs' AS name, count(*) AS rows FROM observation_logs AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')
UNION ALL
SELECT 'cards' AS name, count(*) AS rows FROM cards AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')
UNION ALL
SELECT 'card_values' AS name, count(*) AS rows FROM card_values AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')
UNION ALL
SELECT 'card_schemas' AS name, count(*) AS rows FROM card_schemas AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.agent_id IN (SELECT i.item_id FROM i WHERE i.kind = 'agent')
UNION ALL
SELECT 'sessions' AS name, count(*) AS rows FROM sessions AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'session')
UNION ALL
SELECT 'threads' AS name, count(*) AS rows FROM threads AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'thread')
UNION ALL
SELECT 'subjects' AS name, count(*) AS rows FROM subjects AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')
UNION ALL
SELECT 'users' AS name, count(*) AS rows FROM users AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'user')
UNION ALL
SELECT 'agents' AS name, count(*) AS rows FROM agents AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'agent')
UNION ALL
SELECT 'streams' AS name, count(*) AS rows FROM streams AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'stream')
UNION ALL
SELECT 'conversations' AS name, count(*) AS rows FROM conversations AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'conversation')
UNION ALL
SELECT 'vectors' AS name, count(*) AS rows FROM vectors AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.user_id IN (SELECT i.item_id FROM i WHERE i.kind = 'user') OR x.agent_id IN (SELECT i.item_id FROM i WHERE i.kind = 'agent'))
UNION ALL
SELECT 'zeno_sessions' AS name, count(*) AS rows FROM zeno_sessions AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject')
UNION ALL
SELECT 'zeno_threads' AS name, count(*) AS rows FROM zeno_threads AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.thread_id IN (SELECT i.item_id FROM i WHERE i.kind = 'thread') OR x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject'))
UNION ALL
SELECT 'zeno_watermarks' AS name, count(*) AS rows FROM zeno_watermarks AS x
WHERE x.org_id = cast(:org_id AS bigint) AND (x.subject_id IN (SELECT i.item_id FROM i WHERE i.kind = 'subject') OR x.thread_id IN (SELECT i.item_id FROM i WHERE i.kind = 'thread'))
UNION ALL
SELECT 'previews' AS name, count(*) AS rows FROM previews AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'preview')
UNION ALL
SELECT 'jobs' AS name, count(*) AS rows FROM jobs AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'job')
UNION ALL
SELECT 'datasets' AS name, count(*) AS rows FROM datasets AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'dataset')
UNION ALL
SELECT 'holds' AS name, count(*) AS rows FROM holds AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'hold')
UNION ALL
SELECT 'events_emptied', count(*) FROM events AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'said') AND x.body_hash <> ''
UNION ALL
SELECT 'llm_calls_emptied', count(*) FROM llm_calls AS x
WHERE x.org_id = cast(:org_id AS bigint) AND x.id IN (SELECT i.item_id FROM i WHERE i.kind = 'call') AND (x.request IS NOT NULL OR x.reply IS NOT NULL)

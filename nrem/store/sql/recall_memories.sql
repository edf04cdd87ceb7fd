-- recall_memories: what ranking must know of memories, with where their sources were said, and whether the filters of a recall let them pass.
-- Index: conversation_turns_memory_idx, memories_pkey
SELECT m.id, m.version, m.type, m.tier, m.state, m.state_since, m.state_reason, m.facts_since, m.content, m.metadata, m.importance, m.pinned,
       m.session_id, m.occurred_at, m.true_until, m.recorded_at, m.last_access, m.access_count, m.expires_at, s.external_id AS session,
       use.accesses, src.event_ids, src.turn_ids, src.stream_ids, src.seqs,
       cast(:include_deleted AS bool) AND is_held(m.org_id, m.agent_id, m.user_id, m.id) AS is_kept,
       (cast(:metadata_filter AS jsonb) IS NULL OR m.metadata @> cast(:metadata_filter AS jsonb))
         AND (cast(:since AS timestamptz) IS NULL OR m.occurred_at >= cast(:since AS timestamptz))
         AND (cast(:until AS timestamptz) IS NULL OR m.occurred_at <= cast(:until AS timestamptz))
         AND (cast(:conversation_id AS bigint) IS NULL OR EXISTS (
           SELECT FROM conversation_turns AS c
           WHERE c.org_id = cast(:org_id AS bigint) AND c.memory_id = m.id
             AND c.conversation_id = cast(:conversation_id AS bigint))) AS fits
FROM memories AS m
LEFT JOIN sessions AS s ON s.org_id = m.org_id AND s.id = m.session_id
CROSS JOIN LATERAL (
  SELECT array_agg(e.id ORDER BY e.id) AS event_ids, array_agg(e.body ->> 'turn_id' ORDER BY e.id) AS turn_ids,
         array_agg(e.stream_id ORDER BY e.id) AS stream_ids, array_agg(e.seq ORDER BY e.id) AS seqs
  FROM derivations AS d
  JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id
  WHERE d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
) AS src
CROSS JOIN LATERAL (
  SELECT array_agg(x.at ORDER BY x.at, x.id) AS accesses
  FROM accesses AS x
  WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.folded_at IS NULL AND x.at <= app_now()
) AS use
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:ids AS bigint[]))

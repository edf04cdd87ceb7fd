-- recall_past_memories: what ranking must know of memories as of an instant: what they said then, how they stand now, and what lies between.
-- Index: conversation_turns_memory_idx, memories_pkey, memory_versions_pkey, crossings_pkey, accesses_memory_idx
SELECT m.id, m.type, m.tier, m.state, m.state_since, m.state_reason, m.facts_since, m.importance, m.pinned,
       m.session_id, m.recorded_at, m.last_access, m.access_count, m.expires_at, s.external_id AS session,
       b.version, b.type AS then_type, b.content, b.metadata, b.importance AS then_importance,
       b.pinned AS then_pinned, b.occurred_at, b.true_until,
       past.kinds, past.befores, past.afters, past.instants, past.reasons,
       use.accesses, log.uses_after, log.last_use, src.event_ids, src.turn_ids, src.stream_ids, src.seqs,
       is_held(m.org_id, m.agent_id, m.user_id, m.id) AS is_kept,
       (cast(:metadata_filter AS jsonb) IS NULL OR b.metadata @> cast(:metadata_filter AS jsonb))
         AND (cast(:since AS timestamptz) IS NULL OR b.occurred_at >= cast(:since AS timestamptz))
         AND (cast(:until AS timestamptz) IS NULL OR b.occurred_at <= cast(:until AS timestamptz))
         AND (cast(:conversation_id AS bigint) IS NULL OR EXISTS (
           SELECT FROM conversation_turns AS c
           WHERE c.org_id = cast(:org_id AS bigint) AND c.memory_id = m.id
             AND c.conversation_id = cast(:conversation_id AS bigint))) AS fits
FROM memories AS m
LEFT JOIN sessions AS s ON s.org_id = m.org_id AND s.id = m.session_id
CROSS JOIN LATERAL (
  SELECT m.version, m.type, m.content, m.metadata, m.importance, m.pinned, m.occurred_at, m.true_until
  WHERE m.valid_from <= cast(:as_of AS timestamptz)
  UNION ALL
  SELECT v.version, v.type, v.content, v.metadata, v.importance, v.pinned, v.occurred_at, v.true_until
  FROM memory_versions AS v
  WHERE v.org_id = m.org_id AND v.memory_id = m.id
    AND v.valid_from <= cast(:as_of AS timestamptz) AND v.valid_to > cast(:as_of AS timestamptz)
) AS b
CROSS JOIN LATERAL (
  SELECT array_agg(c.kind ORDER BY c.at, c.id) AS kinds, array_agg(c.before ORDER BY c.at, c.id) AS befores,
         array_agg(c.after ORDER BY c.at, c.id) AS afters, array_agg(c.at ORDER BY c.at, c.id) AS instants,
         array_agg(c.reason ORDER BY c.at, c.id) AS reasons
  FROM crossings AS c
  WHERE c.org_id = m.org_id AND c.memory_id = m.id
) AS past
CROSS JOIN LATERAL (
  SELECT array_agg(x.at ORDER BY x.at, x.id) AS accesses
  FROM accesses AS x
  WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.folded_at IS NULL AND x.at <= app_now()
) AS use
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE x.at > cast(:as_of AS timestamptz)) AS uses_after,
         max(x.at) FILTER (WHERE x.at <= cast(:as_of AS timestamptz)) AS last_use
  FROM accesses AS x
  WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.at <= app_now()
) AS log
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(e.id ORDER BY e.id), '{}') AS event_ids,
         coalesce(array_agg(e.body ->> 'turn_id' ORDER BY e.id), '{}') AS turn_ids,
         coalesce(array_agg(e.stream_id ORDER BY e.id), '{}') AS stream_ids,
         coalesce(array_agg(e.seq ORDER BY e.id), '{}') AS seqs
  FROM derivations AS d
  JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id
  WHERE d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
    AND e.recorded_at <= cast(:as_of AS timestamptz)
) AS src
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:ids AS bigint[]))

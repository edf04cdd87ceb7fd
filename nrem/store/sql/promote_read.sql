-- promote_read: memories with all that promotion weighs: words, vector, the sessions they were said in, what they are evidence for.
-- Index: memories_pkey, embeddings_pkey, edges_source_idx, edges_target_idx
SELECT m.id, m.version, m.subject_id, m.agent_id, m.user_id, m.type, m.tier, m.state, m.state_since, m.state_reason,
       m.facts_since, m.importance, m.last_access, m.access_count, m.pinned, m.expires_at, m.content, m.metadata,
       m.trust, m.derived_by, m.occurred_at, m.recorded_at, m.true_until,
       cast(e.vector AS real[]) AS vector, use.accesses, src.event_ids, src.sessions,
       coalesce(up.ids, '{}') AS supports, coalesce(down.ids, '{}') AS supporters
FROM memories AS m
LEFT JOIN embeddings AS e
  ON e.org_id = m.org_id AND e.item_kind = 'memory' AND e.item_id = m.id AND e.model = cast(:model AS text)
CROSS JOIN LATERAL (
  SELECT array_agg(x.at ORDER BY x.at, x.id) AS accesses
  FROM accesses AS x
  WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.folded_at IS NULL AND x.at <= app_now()
) AS use
CROSS JOIN LATERAL (
  SELECT array_agg(v.id ORDER BY v.id) AS event_ids,
         -- said outside any session: in one of its day
         array_agg(DISTINCT coalesce('session ' || v.session_id,
                                     'day ' || cast(v.occurred_at AT TIME ZONE 'UTC' AS date))) AS sessions
  FROM derivations AS d
  JOIN events AS v ON v.org_id = d.org_id AND v.id = d.event_id
  WHERE d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
) AS src
CROSS JOIN LATERAL (
  -- ended ones too: what a run had made of it, until the run was undone
  SELECT array_agg(DISTINCT s.target_id) AS ids
  FROM edges AS s
  WHERE s.org_id = m.org_id AND s.source_id = m.id AND s.kind = 'supports' AND s.drawn_by = 'promote'
    AND NOT coalesce(cast(s.metadata ->> 'again' AS boolean), false)
) AS up
CROSS JOIN LATERAL (
  SELECT array_agg(DISTINCT s.source_id) AS ids
  FROM edges AS s
  WHERE s.org_id = m.org_id AND s.target_id = m.id AND s.kind = 'supports' AND s.drawn_by = 'promote'
    AND s.valid_to IS NULL
) AS down
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))
ORDER BY m.id

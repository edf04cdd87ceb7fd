-- consolidate_neighbours: the nearest live episodic memories of the subject to each candidate.
-- Index: embeddings_agent_idx
-- Role: nrem_worker
SELECT DISTINCT n.id, n.version, n.content, n.vector, n.pinned, n.importance, n.importance_given,
       n.occurred_at, n.source_count
FROM unnest(cast(:vectors AS text[])) AS w (vector)
CROSS JOIN LATERAL (
  SELECT m.id, m.version, m.content, cast(e.vector AS real[]) AS vector, m.pinned, m.importance,
         m.importance_given, m.occurred_at,
         (SELECT count(*) FROM derivations AS d
          WHERE d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id) AS source_count
  FROM embeddings AS e
  JOIN memories AS m ON m.org_id = e.org_id AND m.id = e.item_id
  WHERE e.org_id = cast(:org_id AS bigint)
    AND e.agent_id = cast(:agent_id AS bigint)
    AND e.subject_id = cast(:subject_id AS bigint)
    AND e.item_kind = 'memory'
    AND e.model = cast(:model AS text)
    AND m.state = 'live'
    AND m.type = 'episodic'
    AND (m.expires_at IS NULL OR m.expires_at > app_now())
    AND (m.true_until IS NULL OR m.true_until > app_now())
  ORDER BY e.vector <=> cast(w.vector AS halfvec(384)), m.id
  LIMIT 10
) AS n
ORDER BY n.id

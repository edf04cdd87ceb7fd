-- recall_past_newest: the newest memories in scope that were live at an instant, for a recall without a query.
-- Index: conversation_turns_memory_idx, memories_subject_idx, memory_versions_pkey, crossings_pkey
WITH believed AS MATERIALIZED (
  SELECT b.id, b.recorded_at, b.occurred_at
  FROM memories_known(
    cast(:org_id AS bigint), cast(:agent_id AS bigint), cast(:user_id AS bigint),
    cast(:session_id AS bigint), cast(:type AS text), cast(:as_of AS timestamptz)) AS b
  WHERE (b.state = 'live' OR cast(:include_deleted AS bool))
    AND (b.true_until IS NULL OR b.true_until > coalesce(cast(:true_at AS timestamptz), cast(:as_of AS timestamptz)))
    AND (cast(:true_at AS timestamptz) IS NULL OR b.occurred_at <= cast(:true_at AS timestamptz))
    AND (cast(:metadata_filter AS jsonb) IS NULL OR b.metadata @> cast(:metadata_filter AS jsonb))
    AND (cast(:since AS timestamptz) IS NULL OR b.occurred_at >= cast(:since AS timestamptz))
    AND (cast(:until AS timestamptz) IS NULL OR b.occurred_at <= cast(:until AS timestamptz))
    AND (cast(:conversation_id AS bigint) IS NULL OR EXISTS (
      SELECT FROM conversation_turns AS c
      WHERE c.org_id = cast(:org_id AS bigint) AND c.memory_id = b.id
        AND c.conversation_id = cast(:conversation_id AS bigint)))
)
SELECT 'memory' AS item_kind, b.id AS item_id
FROM believed AS b
ORDER BY CASE WHEN cast(:by_time AS bool) THEN b.occurred_at ELSE b.recorded_at END DESC, b.id DESC
LIMIT cast(:limit AS int)

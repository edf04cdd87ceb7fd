-- recall_newest: the newest live memories in scope, for a recall without a query.
-- Index: conversation_turns_memory_idx, memories_subject_idx
SELECT 'memory' AS item_kind, m.id AS item_id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.agent_id = cast(:agent_id AS bigint)
  AND (m.state = 'live' OR (cast(:include_deleted AS bool) AND m.state <> 'purged'))
  AND (cast(:include_deleted AS bool) OR m.expires_at IS NULL OR m.expires_at > app_now())
  AND (m.true_until IS NULL OR m.true_until > coalesce(cast(:true_at AS timestamptz), app_now()))
  AND (cast(:true_at AS timestamptz) IS NULL OR m.occurred_at <= cast(:true_at AS timestamptz))
  AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
  AND (cast(:session_id AS bigint) IS NULL OR m.session_id = cast(:session_id AS bigint))
  AND (cast(:type AS text) IS NULL OR m.type = cast(:type AS text))
  AND (cast(:metadata_filter AS jsonb) IS NULL OR m.metadata @> cast(:metadata_filter AS jsonb))
  AND (cast(:since AS timestamptz) IS NULL OR m.occurred_at >= cast(:since AS timestamptz))
  AND (cast(:until AS timestamptz) IS NULL OR m.occurred_at <= cast(:until AS timestamptz))
  AND (cast(:conversation_id AS bigint) IS NULL OR EXISTS (
    SELECT FROM conversation_turns AS c
    WHERE c.org_id = cast(:org_id AS bigint) AND c.memory_id = m.id
      AND c.conversation_id = cast(:conversation_id AS bigint)))
ORDER BY CASE WHEN cast(:by_time AS bool) THEN m.occurred_at ELSE m.recorded_at END DESC, m.id DESC
LIMIT cast(:limit AS int)

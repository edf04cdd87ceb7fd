-- recall_newest: the newest live memories in scope, for a recall without a query.
-- Index: memories_subject_idx
SELECT 'memory' AS item_kind, m.id AS item_id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.agent_id = cast(:agent_id AS bigint)
  AND m.state = 'live'
  AND (m.expires_at IS NULL OR m.expires_at > app_now())
  AND (m.true_until IS NULL OR m.true_until > coalesce(cast(:true_at AS timestamptz), app_now()))
  AND (cast(:true_at AS timestamptz) IS NULL OR m.occurred_at <= cast(:true_at AS timestamptz))
  AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
  AND (cast(:session_id AS bigint) IS NULL OR m.session_id = cast(:session_id AS bigint))
  AND (cast(:type AS text) IS NULL OR m.type = cast(:type AS text))
ORDER BY m.recorded_at DESC, m.id DESC
LIMIT cast(:limit AS int)

-- recall_past_newest: the newest memories in scope that were live at an instant, for a recall without a query.
-- Index: memories_subject_idx, memory_versions_pkey, crossings_pkey
WITH believed AS MATERIALIZED (
  SELECT b.id, b.recorded_at, b.has_its_text
  FROM memories_believed(
    cast(:org_id AS bigint), cast(:agent_id AS bigint), cast(:user_id AS bigint),
    cast(:session_id AS bigint), cast(:type AS text), cast(:as_of AS timestamptz)) AS b
  WHERE (b.true_until IS NULL OR b.true_until > coalesce(cast(:true_at AS timestamptz), cast(:as_of AS timestamptz)))
    AND (cast(:true_at AS timestamptz) IS NULL OR b.occurred_at <= cast(:true_at AS timestamptz))
)
SELECT 'memory' AS item_kind, b.id AS item_id
FROM believed AS b
ORDER BY b.recorded_at DESC, b.id DESC
LIMIT cast(:limit AS int)

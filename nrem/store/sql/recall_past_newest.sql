-- recall_past_newest: the newest memories in scope that were live at an instant, for a recall without a query.
-- Index: memories_subject_idx, memory_versions_pkey, crossings_pkey
WITH believed AS MATERIALIZED (
  SELECT m.id, m.recorded_at, m.text_since <= cast(:as_of AS timestamptz) AS has_its_text
  FROM memories AS m
  LEFT JOIN memory_versions AS v
    ON m.valid_from > cast(:as_of AS timestamptz)
   AND v.org_id = m.org_id AND v.memory_id = m.id
   AND v.valid_from <= cast(:as_of AS timestamptz) AND v.valid_to > cast(:as_of AS timestamptz)
  WHERE m.org_id = cast(:org_id AS bigint)
    AND m.agent_id = cast(:agent_id AS bigint)
    AND m.recorded_at <= cast(:as_of AS timestamptz)
    AND m.state <> 'purged'
    AND (cast(:user_id AS bigint) IS NULL OR m.user_id = cast(:user_id AS bigint))
    AND (cast(:session_id AS bigint) IS NULL OR m.session_id = cast(:session_id AS bigint))
    AND (cast(:type AS text) IS NULL OR coalesce(v.type, m.type) = cast(:type AS text))
    -- as far as it is written down; the reader looks again
    AND CASE
          WHEN m.state_since <= cast(:as_of AS timestamptz) THEN m.state
          ELSE coalesce(
            (SELECT c.after
             FROM crossings AS c
             WHERE c.org_id = m.org_id AND c.memory_id = m.id AND c.kind = 'state'
               AND c.at <= cast(:as_of AS timestamptz)
             ORDER BY c.at DESC, c.id DESC
             LIMIT 1), 'live')
        END = 'live'
)
SELECT 'memory' AS item_kind, b.id AS item_id
FROM believed AS b
ORDER BY b.recorded_at DESC, b.id DESC
LIMIT cast(:limit AS int)

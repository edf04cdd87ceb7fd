-- What recall as of an instant looks through.
SET LOCAL ROLE nrem_owner;

-- The memories in scope at an instant, as far as it is written down: their state and metadata then,
-- whether the text of then is the one of now, and from when until when each was believed to be true.
-- Until a run was undone, what it had done was believed. NULL for user, session or type means any.
CREATE FUNCTION memories_known(
  wanted_org bigint, wanted_agent bigint, wanted_user bigint, wanted_session bigint, wanted_type text,
  instant timestamptz)
RETURNS TABLE (
  id bigint, recorded_at timestamptz, has_its_text boolean, occurred_at timestamptz, true_until timestamptz,
  metadata jsonb, state text)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT m.id, m.recorded_at, m.text_since <= instant AS has_its_text,
         coalesce(v.occurred_at, m.occurred_at) AS occurred_at,
         CASE WHEN v.memory_id IS NULL THEN m.true_until ELSE v.true_until END AS true_until,
         coalesce(v.metadata, m.metadata) AS metadata,
         -- the reader looks again
         CASE
           WHEN m.state_since <= instant AND (m.state = 'live' OR NOT EXISTS (
             -- the run that was undone later had it live then, perhaps
             SELECT FROM crossings AS u
             WHERE u.org_id = m.org_id AND u.memory_id = m.id AND u.kind = 'state'
               AND u.reason = 'reverted' AND u.at > instant)) THEN m.state
           ELSE coalesce(
             (SELECT c.after
              FROM crossings AS c
              WHERE c.org_id = m.org_id AND c.memory_id = m.id AND c.kind = 'state'
                AND c.at <= instant
              ORDER BY c.at DESC, c.id DESC
              LIMIT 1), 'live')
         END AS state
  FROM memories AS m
  LEFT JOIN memory_versions AS v
    ON m.valid_from > instant
   AND v.org_id = m.org_id AND v.memory_id = m.id
   AND v.valid_from <= instant AND v.valid_to > instant
  WHERE m.org_id = wanted_org
    AND m.agent_id = wanted_agent
    AND m.recorded_at <= instant
    AND m.state <> 'purged'
    AND (wanted_user IS NULL OR m.user_id = wanted_user)
    AND (wanted_session IS NULL OR m.session_id = wanted_session)
    AND (wanted_type IS NULL OR coalesce(v.type, m.type) = wanted_type);
END;
RESET ROLE;

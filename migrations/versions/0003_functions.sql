-- Whatever is remembered anew waits for promote; a memory waits once.
CREATE FUNCTION memory_await_promotion() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  INSERT INTO promote_queue (org_id, subject_id, memory_id)
  SELECT a.org_id, a.subject_id, a.id
  FROM added AS a
  WHERE a.type <> 'working'
  ORDER BY a.id
  ON CONFLICT (org_id, subject_id, memory_id) DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER memories_promotion_trg
AFTER INSERT ON memories
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION memory_await_promotion();

CREATE FUNCTION memory_await_promotion_again() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  INSERT INTO promote_queue (org_id, subject_id, memory_id)
  VALUES (NEW.org_id, NEW.subject_id, NEW.id)
  ON CONFLICT (org_id, subject_id, memory_id) DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER memories_promotion_again_trg
AFTER UPDATE OF content, type ON memories
FOR EACH ROW
WHEN (NEW.state <> 'purged' AND NEW.type <> 'working'
      AND (OLD.content, OLD.type) IS DISTINCT FROM (NEW.content, NEW.type))
EXECUTE FUNCTION memory_await_promotion_again();

-- The next two: a database may have an earlier form of them from its second migration.
-- Whether a legal hold stands over a memory, its user, its agent or its org.
CREATE OR REPLACE FUNCTION is_held(
  wanted_org bigint, wanted_agent bigint, wanted_user bigint, wanted_memory bigint)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (
  SELECT FROM holds AS h
  WHERE h.org_id = wanted_org AND h.lifted_at IS NULL
    AND (h.kind = 'org'
         OR (h.kind, h.ref_id) IN (('agent', wanted_agent), ('user', wanted_user), ('memory', wanted_memory))));

-- The memories in scope that were live at an instant, as far as it is written down; whether the text
-- of then is the one of now, and from when until when each was believed to be true. Until a run was
-- undone, what it had done was believed. NULL for user, session or type means any.
DROP FUNCTION IF EXISTS memories_believed(bigint, bigint, bigint, bigint, text, timestamptz);
CREATE FUNCTION memories_believed(
  wanted_org bigint, wanted_agent bigint, wanted_user bigint, wanted_session bigint, wanted_type text,
  instant timestamptz)
RETURNS TABLE (
  id bigint, recorded_at timestamptz, has_its_text boolean, occurred_at timestamptz, true_until timestamptz)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT m.id, m.recorded_at, m.text_since <= instant AS has_its_text,
         coalesce(v.occurred_at, m.occurred_at) AS occurred_at,
         CASE WHEN v.memory_id IS NULL THEN m.true_until ELSE v.true_until END AS true_until
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
    AND (wanted_type IS NULL OR coalesce(v.type, m.type) = wanted_type)
    -- the reader looks again
    AND CASE
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
        END = 'live';
END;

-- Back to 0002. What was promoted stays as memories; how they hang together is lost.
SET LOCAL ROLE nrem_owner;
DROP TRIGGER memories_promotion_trg ON memories;
DROP TRIGGER memories_promotion_again_trg ON memories;
DROP FUNCTION memory_await_promotion();
DROP FUNCTION memory_await_promotion_again();
DROP TABLE edges, run_changes, promote_queue, attributes, previews;
DROP INDEX sessions_run_idx;
DROP INDEX memories_superseded_idx;
ALTER TABLE sessions DROP COLUMN set_aside_by;
ALTER TABLE runs DROP COLUMN reverted_at, DROP COLUMN reverted_by, DROP COLUMN reverts;
ALTER TABLE leases NO FORCE ROW LEVEL SECURITY;
DELETE FROM leases WHERE pass = 'promote';
ALTER TABLE leases FORCE ROW LEVEL SECURITY;
ALTER TABLE inbox NO FORCE ROW LEVEL SECURITY;
DELETE FROM inbox WHERE item_kind = 'preview';
ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
ALTER TABLE inbox DROP CONSTRAINT inbox_item_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_item_kind_check CHECK (item_kind IN ('event', 'memory', 'turn'));
-- The program before knows no such reason.
ALTER TABLE crossings NO FORCE ROW LEVEL SECURITY;
UPDATE crossings SET reason = 'requested' WHERE reason = 'reverted';
ALTER TABLE crossings FORCE ROW LEVEL SECURITY;
ALTER TABLE memories NO FORCE ROW LEVEL SECURITY;
UPDATE memories SET state_reason = 'requested' WHERE state_reason = 'reverted';
ALTER TABLE memories FORCE ROW LEVEL SECURITY;
REVOKE INSERT, UPDATE ON runs, run_totals FROM nrem_api;
REVOKE SELECT ON run_totals FROM nrem_api;
REVOKE DELETE ON effects, derivations FROM nrem_api;

DROP FUNCTION memories_believed(bigint, bigint, bigint, bigint, text, timestamptz);
CREATE FUNCTION memories_believed(
  wanted_org bigint, wanted_agent bigint, wanted_user bigint, wanted_session bigint, wanted_type text,
  instant timestamptz)
RETURNS TABLE (id bigint, recorded_at timestamptz, has_its_text boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT m.id, m.recorded_at, m.text_since <= instant AS has_its_text
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
          WHEN m.state_since <= instant THEN m.state
          ELSE coalesce(
            (SELECT c.after
             FROM crossings AS c
             WHERE c.org_id = m.org_id AND c.memory_id = m.id AND c.kind = 'state'
               AND c.at <= instant
             ORDER BY c.at DESC, c.id DESC
             LIMIT 1), 'live')
        END = 'live';
END;
RESET ROLE;

-- Takes away what zeno-memory's stores kept; conversations stay, as the turns that they are.
SET LOCAL ROLE nrem_lookup;
DROP FUNCTION org_named(text);
RESET ROLE;
SET LOCAL ROLE nrem_owner;
DROP POLICY orgs_lookup ON orgs;
REVOKE SELECT ON orgs FROM nrem_lookup;
DROP TABLE zeno_watermarks, zeno_threads, zeno_sessions;
REVOKE INSERT ON observations, observation_logs, observation_parents FROM nrem_api;

-- The owner sees rows of all orgs for this only.
ALTER TABLE observations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE observation_logs NO FORCE ROW LEVEL SECURITY;
ALTER TABLE derivations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE events NO FORCE ROW LEVEL SECURITY;
UPDATE observations SET archived_reason = 'covered' WHERE archived_reason = 'deleted';
-- What rests on nothing but itself cannot be told from what was never said.
WITH gone AS (
  DELETE FROM derivations AS d USING events AS e
  WHERE d.org_id = e.org_id AND d.event_id = e.id AND e.kind = 'observation'
  RETURNING d.org_id, d.child_id
), lost AS (
  DELETE FROM observations AS o USING gone AS g
  WHERE o.org_id = g.org_id AND o.id = g.child_id
    AND NOT EXISTS (
      SELECT FROM derivations AS d JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id
      WHERE d.org_id = o.org_id AND d.child_kind = 'observation' AND d.child_id = o.id
        AND e.kind <> 'observation')
  RETURNING o.org_id, o.subject_id, CASE WHEN o.archived_at IS NULL THEN o.tokens ELSE 0 END AS tokens
)
UPDATE observation_logs AS g
SET tokens = g.tokens - s.tokens
FROM (SELECT l.org_id, l.subject_id, sum(l.tokens) AS tokens FROM lost AS l GROUP BY l.org_id, l.subject_id) AS s
WHERE g.org_id = s.org_id AND g.subject_id = s.subject_id;
-- Streams keep their numbers: the row stays, as one in which nothing is said.
ALTER TABLE events DISABLE TRIGGER events_immutable_trg;
UPDATE events SET kind = 'memory', body = '{}' WHERE kind = 'observation';
ALTER TABLE events ENABLE TRIGGER events_immutable_trg;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
ALTER TABLE derivations FORCE ROW LEVEL SECURITY;
ALTER TABLE observation_logs FORCE ROW LEVEL SECURITY;
ALTER TABLE observations FORCE ROW LEVEL SECURITY;

ALTER TABLE observations DROP COLUMN rounds;
ALTER TABLE observations DROP CONSTRAINT observations_reason_check;
ALTER TABLE observations ADD CONSTRAINT observations_reason_check
  CHECK (archived_reason IN ('merged', 'replaced', 'covered', 'reverted'));
ALTER TABLE events DROP CONSTRAINT events_kind_check;
ALTER TABLE events ADD CONSTRAINT events_kind_check
  CHECK (kind IN ('memory', 'turn', 'access', 'session.start', 'session.end'));
RESET ROLE;

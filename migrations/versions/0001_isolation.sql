-- Row-level security on every table, forced on the owner too. The org is read once per statement
-- (a scalar subquery becomes an initplan); unset or empty means NULL, and NULL matches no row.
DO $$
DECLARE
  tenant constant text[] := ARRAY[
    'policies', 'agents', 'users', 'subjects', 'threads', 'sessions', 'events', 'effects',
    'memories', 'memory_versions', 'derivations', 'runs', 'embeddings', 'lexemes'];
  control constant text[] := ARRAY[
    'api_keys', 'streams', 'leases', 'inbox', 'org_work', 'parked', 'run_totals'];
  name text;
BEGIN
  FOREACH name IN ARRAY tenant || control || ARRAY['orgs', 'ticks', 'heartbeats'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY tenant LOOP
    EXECUTE format(
      'CREATE POLICY %I ON %I USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
  END LOOP;
  -- Workers must see which orgs have work before they can choose one; these tables hold no content.
  FOREACH name IN ARRAY control LOOP
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_api, nrem_owner USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO nrem_worker USING (true) WITH CHECK (true)', name || '_worker', name);
  END LOOP;
END
$$;

CREATE POLICY orgs_org ON orgs TO nrem_api, nrem_owner USING (id = (SELECT app_org()));
CREATE POLICY orgs_worker ON orgs TO nrem_worker USING (true);
CREATE POLICY orgs_admin ON orgs TO nrem_admin USING (true) WITH CHECK (true);
CREATE POLICY api_keys_admin ON api_keys TO nrem_admin USING (true) WITH CHECK (true);
CREATE POLICY api_keys_lookup ON api_keys FOR SELECT TO nrem_lookup USING (true);
CREATE POLICY inbox_lookup ON inbox FOR SELECT TO nrem_lookup USING (true);
CREATE POLICY leases_lookup ON leases FOR SELECT TO nrem_lookup USING (true);
CREATE POLICY run_totals_lookup ON run_totals FOR SELECT TO nrem_lookup USING (true);
CREATE POLICY parked_lookup ON parked FOR SELECT TO nrem_lookup USING (true);
CREATE POLICY ticks_worker ON ticks TO nrem_worker USING (true) WITH CHECK (true);
CREATE POLICY heartbeats_worker ON heartbeats TO nrem_worker USING (true) WITH CHECK (true);

-- What each runtime role may do. Nobody gets TRUNCATE or REFERENCES; nobody writes closed versions.
GRANT SELECT, INSERT ON agents, users, subjects, threads, events TO nrem_api;
GRANT SELECT, INSERT, UPDATE ON sessions, memories, streams, leases, org_work, inbox TO nrem_api;
GRANT SELECT, INSERT ON effects, derivations TO nrem_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON embeddings, lexemes TO nrem_api;
GRANT SELECT ON orgs, policies, memory_versions, runs, parked TO nrem_api;

GRANT SELECT ON orgs, policies, memory_versions, api_keys TO nrem_worker;
GRANT SELECT, INSERT ON agents, users, subjects, threads, events TO nrem_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  sessions, effects, memories, derivations, runs, embeddings, lexemes,
  streams, leases, inbox, org_work, parked, run_totals, ticks, heartbeats TO nrem_worker;

-- Ids are drawn before the rows are written, so that sources can stand before what they explain.
GRANT USAGE ON SEQUENCE memories_id_seq, runs_id_seq TO nrem_api, nrem_worker;

GRANT SELECT, INSERT, UPDATE ON orgs, api_keys TO nrem_admin;
GRANT SELECT ON api_keys, inbox, leases, parked, run_totals TO nrem_lookup;

-- An API key must be found before its org is known. These functions are the only ones that look
-- across orgs; they run as nrem_lookup, which may read keys, queues and counters and nothing else.
RESET ROLE;
SET LOCAL ROLE nrem_lookup;
CREATE FUNCTION api_key_find(wanted text)
RETURNS TABLE (org_id bigint, key_row_id bigint, secret_hash bytea, scopes text[], expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  SELECT k.org_id, k.id, k.secret_hash, k.scopes, k.expires_at, k.revoked_at
  FROM api_keys AS k
  WHERE k.key_id = wanted;
END;
REVOKE ALL ON FUNCTION api_key_find(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_find(text) TO nrem_api;

-- Due work and ended runs per pass over all orgs, for /metrics: numbers only, no org is named.
CREATE FUNCTION backlog_read()
RETURNS TABLE (pass text, waiting bigint, oldest_due_seconds double precision, parked bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  SELECT w.pass, sum(w.waiting)::bigint, max(w.oldest_due_seconds), sum(w.parked)::bigint
  FROM (
    SELECT i.pass, count(*) AS waiting,
           coalesce(date_part('epoch', clock_timestamp() - min(i.due_at)), 0) AS oldest_due_seconds,
           0 AS parked
    FROM inbox AS i
    WHERE i.due_at <= clock_timestamp()
    GROUP BY i.pass
    UNION ALL
    SELECT l.pass, count(*), coalesce(date_part('epoch', clock_timestamp() - min(l.due_at)), 0), 0
    FROM leases AS l
    WHERE l.state = 'active' AND l.due_at <= clock_timestamp()
    GROUP BY l.pass
    UNION ALL
    SELECT p.pass, 0, 0, count(*)
    FROM parked AS p
    WHERE p.resolved_at IS NULL
    GROUP BY p.pass
  ) AS w
  GROUP BY w.pass;
END;
REVOKE ALL ON FUNCTION backlog_read() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION backlog_read() TO nrem_api, nrem_worker;

CREATE FUNCTION run_counts()
RETURNS TABLE (pass text, outcome text, runs bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  SELECT t.pass, t.outcome, sum(t.runs)::bigint FROM run_totals AS t GROUP BY t.pass, t.outcome;
END;
REVOKE ALL ON FUNCTION run_counts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION run_counts() TO nrem_api, nrem_worker;
SET LOCAL ROLE nrem_owner;

-- Planner statistics would keep samples of what people said after its rows are gone.
ALTER TABLE agents ALTER COLUMN external_id SET STATISTICS 0;
ALTER TABLE users ALTER COLUMN external_id SET STATISTICS 0;
ALTER TABLE threads ALTER COLUMN external_id SET STATISTICS 0;
ALTER TABLE sessions ALTER COLUMN external_id SET STATISTICS 0, ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE events ALTER COLUMN body SET STATISTICS 0;
ALTER TABLE memories ALTER COLUMN content SET STATISTICS 0, ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE memory_versions ALTER COLUMN content SET STATISTICS 0, ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE embeddings ALTER COLUMN vector SET STATISTICS 0;
ALTER TABLE lexemes ALTER COLUMN lexeme SET STATISTICS 0;
-- The org decides between the exact and the approximate vector index, so the planner must know it well.
ALTER TABLE embeddings ALTER COLUMN org_id SET STATISTICS 1000;

RESET ROLE;
GRANT SELECT ON alembic_version TO nrem_admin, nrem_api, nrem_worker;

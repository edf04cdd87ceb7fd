-- Row-level security on the new tables, as on those before them.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['edges', 'run_changes', 'promote_queue', 'attributes', 'previews'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY %I ON %I USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()))',
      name || '_org', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON edges, run_changes, promote_queue, attributes, previews TO nrem_worker;
GRANT SELECT, INSERT, UPDATE ON edges, previews TO nrem_api;
GRANT SELECT ON attributes TO nrem_api;
GRANT SELECT, INSERT ON promote_queue TO nrem_api;
-- A caller undoes a run.
GRANT SELECT, INSERT ON run_changes TO nrem_api;
GRANT INSERT, UPDATE ON runs, run_totals TO nrem_api;
GRANT SELECT ON run_totals TO nrem_api;
GRANT DELETE ON effects, derivations TO nrem_api;

ALTER TABLE edges ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE previews ALTER COLUMN changes SET STATISTICS 0;

-- The owner sees rows of all orgs for the length of this migration only.
ALTER TABLE memories NO FORCE ROW LEVEL SECURITY;
ALTER TABLE promote_queue NO FORCE ROW LEVEL SECURITY;
INSERT INTO promote_queue (org_id, subject_id, memory_id)
SELECT m.org_id, m.subject_id, m.id
FROM memories AS m
WHERE m.type <> 'working' AND m.state = 'live';

-- Without a lease no tick could find them.
ALTER TABLE streams NO FORCE ROW LEVEL SECURITY;
ALTER TABLE leases NO FORCE ROW LEVEL SECURITY;
INSERT INTO streams (org_id, kind, ref_id)
SELECT DISTINCT q.org_id, 'subject', q.subject_id
FROM promote_queue AS q
ON CONFLICT (org_id, kind, ref_id) DO NOTHING;
INSERT INTO leases (org_id, pass, stream_id)
SELECT DISTINCT q.org_id, 'promote', s.id
FROM promote_queue AS q
JOIN streams AS s ON s.org_id = q.org_id AND s.kind = 'subject' AND s.ref_id = q.subject_id;
ALTER TABLE leases FORCE ROW LEVEL SECURITY;
ALTER TABLE streams FORCE ROW LEVEL SECURITY;
ALTER TABLE promote_queue FORCE ROW LEVEL SECURITY;
ALTER TABLE memories FORCE ROW LEVEL SECURITY;

RESET ROLE;

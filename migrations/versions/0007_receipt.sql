-- Which lines of the erasure ledger this database has lived through; one that was restored has not.
SET LOCAL ROLE nrem_owner;

-- Of the whole installation: places and keyed digests.
CREATE TABLE erasure_lines (
  place bigint NOT NULL CONSTRAINT erasure_lines_place_check CHECK (place > 0),
  hash bytea NOT NULL,
  PRIMARY KEY (place)
);
ALTER TABLE erasure_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY erasure_lines_all ON erasure_lines USING (true) WITH CHECK (true);
GRANT SELECT ON erasure_lines TO nrem_api, nrem_worker;
GRANT INSERT ON erasure_lines TO nrem_worker;

GRANT SELECT (org_id, id, state, reached, target_hash, requested_at) ON erasures TO nrem_lookup;
CREATE POLICY erasures_lookup ON erasures FOR SELECT TO nrem_lookup USING (true);
RESET ROLE;

SET LOCAL ROLE nrem_lookup;
-- How far erasures of any org have come, for who starts before an org is known.
CREATE FUNCTION erasures_stand(org_ids bigint[], ids bigint[])
RETURNS TABLE (org_id bigint, erasure_id bigint, state text, reached text, target_hash bytea, requested_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  SELECT e.org_id, e.id, e.state, e.reached, e.target_hash, e.requested_at
  FROM unnest(org_ids, ids) AS w (org_id, id)
  JOIN erasures AS e ON e.org_id = w.org_id AND e.id = w.id;
END;
REVOKE ALL ON FUNCTION erasures_stand(bigint[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erasures_stand(bigint[], bigint[]) TO nrem_api, nrem_worker;
RESET ROLE;

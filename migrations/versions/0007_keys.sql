-- Keys that are rotated and bounded in how often they ask, and orgs that may found others.
SET LOCAL ROLE nrem_owner;

ALTER TABLE orgs
  -- its administrators found orgs and say how often those may ask
  ADD COLUMN is_operator boolean NOT NULL DEFAULT false,
  -- requests per minute of all its keys; NULL: the server's default, 0: no bound
  ADD COLUMN rate_per_minute int CONSTRAINT orgs_rate_check CHECK (rate_per_minute >= 0);

ALTER TABLE api_keys
  ADD COLUMN rate_per_minute int CONSTRAINT api_keys_rate_check CHECK (rate_per_minute >= 0),
  -- the key whose place this one took
  ADD COLUMN replaces_id bigint;

-- How often a key, or in row 0 an org, may still ask: full_at is when nothing counts any more of what
-- it asked. Unlogged: a crash forgets a minute of counting, and no request waits for a disk.
CREATE UNLOGGED TABLE rates (
  org_id bigint NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
  key_row_id bigint NOT NULL,
  full_at timestamptz NOT NULL,
  taken_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, key_row_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

ALTER TABLE rates ENABLE ROW LEVEL SECURITY;
ALTER TABLE rates FORCE ROW LEVEL SECURITY;
CREATE POLICY rates_org ON rates TO nrem_api, nrem_owner
  USING (org_id = (SELECT app_org())) WITH CHECK (org_id = (SELECT app_org()));
CREATE POLICY rates_admin ON rates FOR SELECT TO nrem_admin USING (true);

-- Takes one request from a bucket that holds per_minute of them; 0: it holds any number.
-- Answers for how long to wait (0: it was taken), how many are left, and when it is full again.
CREATE FUNCTION rate_take_one(asking_org bigint, asking_key bigint, per_minute int)
RETURNS TABLE (wait_seconds double precision, remaining int, full_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  present constant timestamptz := clock_timestamp();
  step constant interval := CASE WHEN per_minute = 0 THEN interval '0' ELSE interval '60 seconds' / per_minute END;
  latest constant timestamptz := present + interval '60 seconds' - step;
BEGIN
  INSERT INTO rates AS r (org_id, key_row_id, full_at, taken_at)
  VALUES (asking_org, asking_key, present + step, present)
  ON CONFLICT (org_id, key_row_id) DO UPDATE
  SET full_at = greatest(r.full_at, present) + step, taken_at = present
  WHERE per_minute = 0 OR r.full_at <= latest
  RETURNING 0, r.full_at INTO wait_seconds, full_at;
  IF NOT FOUND THEN
    SELECT date_part('epoch', r.full_at - latest), r.full_at INTO wait_seconds, full_at
    FROM rates AS r
    WHERE r.org_id = asking_org AND r.key_row_id = asking_key;
  END IF;
  IF per_minute > 0 THEN
    remaining := greatest(0, floor(date_part('epoch', present + interval '60 seconds' - full_at) * per_minute / 60));
  END IF;
  RETURN NEXT;
END
$$;

-- Takes one request from a key and from its org, or from neither; locks the key's row first.
CREATE FUNCTION rate_take(asking_org bigint, asking_key bigint, key_per_minute int, org_per_minute int)
RETURNS TABLE (of_org boolean, wait_seconds double precision, remaining int, full_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  own record;
  its record;
BEGIN
  SELECT * INTO own FROM rate_take_one(asking_org, asking_key, key_per_minute);
  RETURN QUERY SELECT false, own.wait_seconds, own.remaining, own.full_at;
  IF own.wait_seconds = 0 THEN
    SELECT * INTO its FROM rate_take_one(asking_org, 0, org_per_minute);
    RETURN QUERY SELECT true, its.wait_seconds, its.remaining, its.full_at;
    IF its.wait_seconds > 0 AND key_per_minute > 0 THEN
      UPDATE rates AS r
      SET full_at = r.full_at - interval '60 seconds' / key_per_minute
      WHERE r.org_id = asking_org AND r.key_row_id = asking_key;
    END IF;
  END IF;
END
$$;
REVOKE ALL ON FUNCTION rate_take_one(bigint, bigint, int), rate_take(bigint, bigint, int, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rate_take_one(bigint, bigint, int), rate_take(bigint, bigint, int, int) TO nrem_api;

GRANT SELECT, INSERT, UPDATE ON rates TO nrem_api;
GRANT SELECT ON rates TO nrem_admin;
-- Administrators of an org make and end its keys over HTTP; digests of secrets are read by nobody
-- but the function that finds a key.
GRANT SELECT (org_id, id, key_id, scopes, created_at, expires_at, revoked_at, rate_per_minute, replaces_id),
  INSERT, UPDATE (expires_at, revoked_at) ON api_keys TO nrem_api;
REVOKE SELECT ON api_keys FROM nrem_worker;
-- Keys that a command makes or ends stand in the trail, too.
GRANT INSERT ON audit TO nrem_admin;

GRANT INSERT, UPDATE (rate_per_minute) ON orgs TO nrem_lookup;
CREATE POLICY orgs_found ON orgs FOR INSERT TO nrem_lookup WITH CHECK (NOT is_operator);
CREATE POLICY orgs_bound ON orgs FOR UPDATE TO nrem_lookup USING (true) WITH CHECK (true);
RESET ROLE;

SET LOCAL ROLE nrem_lookup;
DROP FUNCTION api_key_find(text);
CREATE FUNCTION api_key_find(wanted text)
RETURNS TABLE (org_id bigint, key_row_id bigint, secret_hash bytea, scopes text[], expires_at timestamptz,
  revoked_at timestamptz, rate_per_minute int, org_rate_per_minute int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  SELECT k.org_id, k.id, k.secret_hash, k.scopes, k.expires_at, k.revoked_at, k.rate_per_minute, o.rate_per_minute
  FROM api_keys AS k
  JOIN orgs AS o ON o.id = k.org_id
  WHERE k.key_id = wanted;
END;
REVOKE ALL ON FUNCTION api_key_find(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_find(text) TO nrem_api;

-- What an operator may do with other orgs: nothing, unless the transaction is its own org's.
CREATE FUNCTION org_is_operator() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  SELECT coalesce((SELECT o.is_operator FROM orgs AS o WHERE o.id = app_org()), false);
END;

-- Makes an org and answers its number; NULL when the name is taken, or nobody with the right asks.
CREATE FUNCTION org_found(wanted text) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  INSERT INTO orgs (name)
  SELECT wanted WHERE org_is_operator()
  ON CONFLICT (name) DO NOTHING
  RETURNING id;
END;

-- An operator's org sees all of them, any other one itself.
CREATE FUNCTION org_seen()
RETURNS TABLE (id bigint, name text, created_at timestamptz, is_operator boolean, rate_per_minute int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  SELECT o.id, o.name, o.created_at, o.is_operator, o.rate_per_minute
  FROM orgs AS o
  WHERE o.id = app_org() OR org_is_operator();
END;

-- Bounds how often an org may ask; answers its number, or NULL as above.
CREATE FUNCTION org_bound(wanted bigint, per_minute int) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  UPDATE orgs AS o
  SET rate_per_minute = per_minute
  WHERE o.id = wanted AND org_is_operator()
  RETURNING o.id;
END;
REVOKE ALL ON FUNCTION org_is_operator(), org_found(text), org_seen(), org_bound(bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION org_is_operator(), org_found(text), org_seen(), org_bound(bigint, int) TO nrem_api;
RESET ROLE;

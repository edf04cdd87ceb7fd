-- seal_add: writes seals and the end of the chain; what was looked at waits no longer.
-- Index: seals_pkey, seal_queue_pkey, seal_heads_pkey
-- Role: nrem_worker
WITH placed AS (
  SELECT p.place, p.audit_id, decode(p.hash, 'hex') AS hash
  FROM unnest(cast(:places AS bigint[]), cast(:audit_ids AS bigint[]), cast(:hashes AS text[]))
    AS p (place, audit_id, hash)
), written AS (
  INSERT INTO seals (org_id, place, audit_id, hash, sealed_at)
  SELECT cast(:org_id AS bigint), p.place, p.audit_id, p.hash, cast(:sealed_at AS timestamptz)
  FROM placed AS p
), done AS (
  DELETE FROM seal_queue AS q
  WHERE q.org_id = cast(:org_id AS bigint) AND q.audit_id = ANY(cast(:looked_at AS bigint[]))
)
INSERT INTO seal_heads AS h (org_id, place, audit_id, hash, sealed_at)
SELECT cast(:org_id AS bigint), p.place, p.audit_id, p.hash, cast(:sealed_at AS timestamptz)
FROM placed AS p
ORDER BY p.place DESC
LIMIT 1
ON CONFLICT (org_id) DO UPDATE
SET place = excluded.place, audit_id = excluded.audit_id, hash = excluded.hash, sealed_at = excluded.sealed_at

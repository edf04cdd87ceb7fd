-- erase_lock_names: waits for everybody who is writing something for subjects and sessions of an erasure.
-- Index: none (all subjects and sessions of an erasure)
-- Role: nrem_worker
WITH n AS MATERIALIZED (
  SELECT x.id
  FROM erasure_items AS i
  JOIN sessions AS x ON x.org_id = i.org_id AND x.id = i.item_id
  WHERE i.org_id = cast(:org_id AS bigint)
    AND i.erasure_id = cast(:erasure_id AS bigint)
    AND i.kind IN ('session', 'shared')
  ORDER BY x.id
  FOR UPDATE OF x
), s AS MATERIALIZED (
  SELECT u.id
  FROM erasure_items AS i
  JOIN subjects AS u ON u.org_id = i.org_id AND u.id = i.item_id
  WHERE i.org_id = cast(:org_id AS bigint)
    AND i.erasure_id = cast(:erasure_id AS bigint)
    AND i.kind = 'subject'
  ORDER BY u.id
  FOR UPDATE OF u
), p AS MATERIALIZED (
  SELECT u.id
  FROM erasure_items AS i
  JOIN users AS u ON u.org_id = i.org_id AND u.id = i.item_id
  WHERE i.org_id = cast(:org_id AS bigint)
    AND i.erasure_id = cast(:erasure_id AS bigint)
    AND i.kind = 'user'
  ORDER BY u.id
  FOR UPDATE OF u
), c AS MATERIALIZED (
  SELECT a.id
  FROM erasure_items AS i
  JOIN agents AS a ON a.org_id = i.org_id AND a.id = i.item_id
  WHERE i.org_id = cast(:org_id AS bigint)
    AND i.erasure_id = cast(:erasure_id AS bigint)
    AND i.kind = 'agent'
  ORDER BY a.id
  FOR UPDATE OF a
)
SELECT (SELECT count(*) FROM n) + (SELECT count(*) FROM s) + (SELECT count(*) FROM p) + (SELECT count(*) FROM c) AS locked

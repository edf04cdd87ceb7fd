-- expire_find_old: counted uses and runs older than they are kept for, the oldest first.
-- Index: accesses_at_idx, runs_pkey
-- Role: nrem_worker
(SELECT 'access' AS kind, x.id
 FROM accesses AS x
 WHERE x.org_id = cast(:org_id AS bigint)
   AND x.at < app_now() - make_interval(secs => cast(:access_seconds AS float8))
   AND x.folded_at IS NOT NULL
 ORDER BY x.at
 LIMIT cast(:batch AS int))
UNION ALL
(SELECT 'run' AS kind, o.id
 FROM (
   SELECT r.id, r.started_at
   FROM runs AS r
   WHERE r.org_id = cast(:org_id AS bigint)
   ORDER BY r.id
   LIMIT cast(:batch AS int)
 ) AS o
 WHERE o.started_at < app_now() - make_interval(secs => cast(:run_seconds AS float8))
 ORDER BY o.id)
LIMIT cast(:batch AS int)

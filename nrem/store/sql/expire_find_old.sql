-- expire_find_old: counted uses, runs and paid calls older than they are kept for, previews whose time is over; the oldest first.
-- Index: accesses_at_idx, runs_pkey, llm_calls_pkey, previews_expiry_idx
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
UNION ALL
(SELECT 'call' AS kind, o.id
 FROM (
   SELECT c.id, c.started_at
   FROM llm_calls AS c
   WHERE c.org_id = cast(:org_id AS bigint)
   ORDER BY c.id
   LIMIT cast(:batch AS int)
 ) AS o
 WHERE o.started_at < app_now() - make_interval(secs => cast(:run_seconds AS float8))
 ORDER BY o.id)
UNION ALL
(SELECT 'preview' AS kind, p.id
 FROM previews AS p
 WHERE p.org_id = cast(:org_id AS bigint)
   AND p.expires_at <= app_now()
   AND p.state <> 'expired'
 ORDER BY p.expires_at
 LIMIT cast(:batch AS int))
LIMIT cast(:batch AS int)

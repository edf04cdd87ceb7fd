-- revert_read: who else had to do with locked memories that a run changed: callers since, other runs, the run that made them.
-- Index: memories_pkey, run_changes_memory_idx, crossings_pkey, derivations_pkey, runs_pkey
SELECT m.id, m.version, m.true_until, m.recorded_at, creator.reverted_at IS NOT NULL AS is_orphan,
       EXISTS (
         SELECT FROM generate_series(w.version + 1, m.version) AS v (version)
         WHERE NOT EXISTS (
           SELECT FROM run_changes AS c
           WHERE c.org_id = m.org_id AND c.memory_id = m.id
             AND c.version_after = v.version AND c.version_before IS DISTINCT FROM v.version)
       ) OR EXISTS (
         SELECT FROM crossings AS x
         WHERE x.org_id = m.org_id AND x.memory_id = m.id AND x.at >= cast(:since AS timestamptz)
           AND x.reason IN ('requested', 'restored')
       ) AS is_edited,
       (SELECT array_agg(DISTINCT coalesce(d.run_id, 0) ORDER BY coalesce(d.run_id, 0))
        FROM derivations AS d
        WHERE d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
          AND d.run_id IS DISTINCT FROM cast(:run_id AS bigint)) AS evidence
FROM unnest(cast(:memory_ids AS bigint[]), cast(:versions AS int[])) AS w (memory_id, version)
JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = w.memory_id
LEFT JOIN runs AS creator
  ON creator.org_id = m.org_id AND creator.id = m.run_id AND creator.id <> cast(:run_id AS bigint)
ORDER BY m.id

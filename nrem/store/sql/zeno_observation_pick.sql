-- zeno_observation_pick: active observations by ordinal, with the messages they cite and the events behind them.
-- Index: observations_ordinal_key, derivations_pkey, events_pkey
SELECT o.ordinal, o.priority, o.trust, o.observation_date, o.referenced_date, o.referenced_from,
       array_agg(d.event_id ORDER BY d.event_id) AS events,
       coalesce(o.rounds, array_agg(DISTINCT e.seq - 1 ORDER BY e.seq - 1) FILTER (WHERE e.kind = 'turn'), '{}') AS rounds
FROM observations AS o
JOIN derivations AS d ON d.org_id = o.org_id AND d.child_kind = 'observation' AND d.child_id = o.id
JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.subject_id = cast(:subject_id AS bigint)
  AND o.ordinal = ANY(cast(:ordinals AS int[]))
  AND o.archived_at IS NULL
GROUP BY o.org_id, o.id

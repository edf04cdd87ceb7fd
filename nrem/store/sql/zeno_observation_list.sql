-- zeno_observation_list: the active observations of a person with the messages they cite, in the order of the day they are about.
-- Index: observations_active_idx, derivations_pkey, events_pkey
SELECT o.ordinal, o.text, o.priority, o.observation_date, o.referenced_date, o.created_at,
       coalesce(o.rounds, ARRAY(
         SELECT DISTINCT e.seq - 1
         FROM derivations AS d
         JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id
         WHERE d.org_id = o.org_id AND d.child_kind = 'observation' AND d.child_id = o.id AND e.kind = 'turn'
         ORDER BY 1)) AS rounds
FROM observations AS o
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.subject_id = cast(:subject_id AS bigint)
  AND o.archived_at IS NULL
ORDER BY coalesce(o.referenced_date, o.observation_date), o.ordinal

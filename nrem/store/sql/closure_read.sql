-- closure_read: memories, those named and all that came from certain events, with every original event behind each, and which of these their words were made of: what a later run added repeats them.
-- Index: derivations_event_idx, derivations_pkey, memories_pkey
SELECT m.id, m.subject_id, m.agent_id, m.user_id, m.session_id, m.type, m.tier, m.derived_by, m.true_until,
       is_held(m.org_id, m.agent_id, m.user_id, m.id) AS is_held,
       array_agg(d.event_id ORDER BY d.event_id) AS sources,
       array_agg(d.event_id ORDER BY d.event_id) FILTER (WHERE d.run_id IS NOT DISTINCT FROM m.run_id) AS rests_on
FROM memories AS m
JOIN derivations AS d ON d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id IN (
    SELECT w.id FROM unnest(cast(:memory_ids AS bigint[])) AS w (id)
    UNION
    SELECT o.child_id
    FROM derivations AS o
    WHERE o.org_id = cast(:org_id AS bigint)
      AND o.event_id = ANY(cast(:event_ids AS bigint[]))
      AND o.child_kind = 'memory')
GROUP BY m.org_id, m.id
ORDER BY m.id

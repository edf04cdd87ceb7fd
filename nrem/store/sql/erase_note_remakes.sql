-- erase_note_remakes: notes what is to be made anew, and of what.
-- Index: erasure_remakes_pkey
-- Role: nrem_worker
INSERT INTO erasure_remakes (org_id, erasure_id, memory_id, subject_id, session_id, tier, event_ids)
SELECT cast(:org_id AS bigint), cast(:erasure_id AS bigint), m.id, m.subject_id,
       -- a session that goes holds nothing new
       CASE WHEN i.item_id IS NULL THEN m.session_id END, m.tier,
       (SELECT array_agg(d.event_id ORDER BY d.event_id)
        FROM derivations AS d
        WHERE d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
          AND NOT EXISTS (
            SELECT FROM erasure_items AS k
            WHERE k.org_id = m.org_id AND k.erasure_id = cast(:erasure_id AS bigint) AND k.kind IN ('event', 'said')
              AND k.item_id = d.event_id))
FROM memories AS m
LEFT JOIN erasure_items AS i
  ON i.org_id = m.org_id AND i.erasure_id = cast(:erasure_id AS bigint) AND i.kind = 'session' AND i.item_id = m.session_id
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = ANY(cast(:memory_ids AS bigint[]))

-- erase_reach_shared: of the sessions that go, those stay without their names in which others said something, too.
-- Index: erasure_items_pkey, events_session_idx, memories_session_idx
-- Role: nrem_worker
UPDATE erasure_items AS s
SET kind = 'shared'
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.erasure_id = cast(:erasure_id AS bigint)
  AND s.kind = 'session'
  AND (EXISTS (
         SELECT FROM events AS e
         WHERE e.org_id = s.org_id AND e.session_id = s.item_id
           AND NOT EXISTS (
             SELECT FROM erasure_items AS i
             WHERE i.org_id = s.org_id AND i.erasure_id = s.erasure_id AND i.kind = 'event' AND i.item_id = e.id))
       OR EXISTS (
         SELECT FROM memories AS m
         WHERE m.org_id = s.org_id AND m.session_id = s.item_id
           AND NOT EXISTS (
             SELECT FROM erasure_items AS i
             WHERE i.org_id = s.org_id AND i.erasure_id = s.erasure_id AND i.kind = 'memory' AND i.item_id = m.id)))

-- erase_reach_events: notes the events of subjects and sessions that go; what others said in a session of theirs stays, what nobody in particular said goes with it.
-- Index: none (an erasure looks through the whole org)
-- Role: nrem_worker
INSERT INTO erasure_items (org_id, erasure_id, kind, item_id)
SELECT e.org_id, cast(:erasure_id AS bigint), 'event', e.id
FROM events AS e
JOIN subjects AS u ON u.org_id = e.org_id AND u.id = e.subject_id
WHERE e.org_id = cast(:org_id AS bigint)
  AND (e.subject_id IN (
         SELECT i.item_id FROM erasure_items AS i
         WHERE i.org_id = cast(:org_id AS bigint) AND i.erasure_id = cast(:erasure_id AS bigint) AND i.kind = 'subject')
       OR ((cast(:kind AS text) = 'session' OR u.user_id IS NULL)
           AND e.session_id IN (
             SELECT i.item_id FROM erasure_items AS i
             WHERE i.org_id = cast(:org_id AS bigint) AND i.erasure_id = cast(:erasure_id AS bigint)
               AND i.kind = 'session')))
ORDER BY e.id

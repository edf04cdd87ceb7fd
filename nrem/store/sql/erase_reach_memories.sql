-- erase_reach_memories: notes the memories that are of whom an erasure is about, likewise, and the one that it names.
-- Index: none (an erasure looks through the whole org)
-- Role: nrem_worker
INSERT INTO erasure_items (org_id, erasure_id, kind, item_id)
SELECT m.org_id, cast(:erasure_id AS bigint), 'memory', m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND ((cast(:kind AS text) = 'memory' AND m.id = cast(:target_id AS bigint))
       OR m.subject_id IN (
         SELECT i.item_id FROM erasure_items AS i
         WHERE i.org_id = cast(:org_id AS bigint) AND i.erasure_id = cast(:erasure_id AS bigint) AND i.kind = 'subject')
       OR ((cast(:kind AS text) = 'session' OR m.user_id IS NULL)
           AND m.session_id IN (
             SELECT i.item_id FROM erasure_items AS i
             WHERE i.org_id = cast(:org_id AS bigint) AND i.erasure_id = cast(:erasure_id AS bigint)
               AND i.kind = 'session')))
ORDER BY m.id

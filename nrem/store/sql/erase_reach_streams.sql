-- erase_reach_streams: notes the streams of the subjects, sessions and threads that go.
-- Index: streams_ref_key
-- Role: nrem_worker
INSERT INTO erasure_items (org_id, erasure_id, kind, item_id)
SELECT i.org_id, i.erasure_id, 'stream', m.id
FROM erasure_items AS i
JOIN streams AS m ON m.org_id = i.org_id AND m.kind = i.kind AND m.ref_id = i.item_id
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.erasure_id = cast(:erasure_id AS bigint)
  AND i.kind IN ('subject', 'session', 'thread')
ORDER BY m.id

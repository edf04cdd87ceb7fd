-- shelf_twin: the oldest live memory of a shelf with a content; with these very words and metadata where they are given.
-- Index: memories_content_idx
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.subject_id = cast(:subject_id AS bigint)
  AND m.content_hash = cast(:content_hash AS bytea)
  AND m.state = 'live'
  AND m.shelf = cast(:shelf AS text)
  AND (cast(:content AS text) IS NULL OR m.content = cast(:content AS text))
  AND (cast(:metadata AS jsonb) IS NULL OR m.metadata = cast(:metadata AS jsonb))
ORDER BY m.id
LIMIT 1

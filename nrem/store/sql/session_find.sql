-- session_find: the row number of an explicit session by the caller's id.
-- Index: sessions_external_key
SELECT s.id
FROM sessions AS s
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.external_id = cast(:name AS text)

-- reflect_taken: active observations of a person with these contents.
-- Index: observations_active_key
SELECT o.ordinal, o.content_hash
FROM observations AS o
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.subject_id = cast(:subject_id AS bigint)
  AND o.archived_at IS NULL
  AND o.content_hash = ANY(cast(:content_hashes AS bytea[]))

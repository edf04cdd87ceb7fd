-- closure_empty_summaries: takes the summaries of sessions away that may tell something of subjects.
-- Index: zeno_sessions_place_key
UPDATE zeno_sessions AS s
SET last_summary = NULL
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.subject_id = ANY(cast(:subject_ids AS bigint[]))
  AND s.last_summary IS NOT NULL

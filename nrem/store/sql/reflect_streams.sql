-- reflect_streams: the streams of people.
-- Index: streams_ref_key
SELECT s.id
FROM streams AS s
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.kind = 'subject'
  AND s.ref_id = ANY(cast(:subject_ids AS bigint[]))
ORDER BY s.id

-- stream_add: makes streams that are missing; takes no lock on those that exist.
-- Index: streams_ref_key
INSERT INTO streams (org_id, kind, ref_id)
SELECT cast(:org_id AS bigint), w.kind, w.ref_id
FROM unnest(cast(:kinds AS text[]), cast(:ref_ids AS bigint[])) AS w (kind, ref_id)
WHERE NOT EXISTS (
  SELECT FROM streams AS s
  WHERE s.org_id = cast(:org_id AS bigint) AND s.kind = w.kind AND s.ref_id = w.ref_id)
ORDER BY w.kind, w.ref_id
ON CONFLICT (org_id, kind, ref_id) DO NOTHING

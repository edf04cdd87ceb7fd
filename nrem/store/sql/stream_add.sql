-- stream_add: makes the streams that an append needs; one that exists stays as it is.
-- Index: streams_ref_key
INSERT INTO streams (org_id, kind, ref_id)
SELECT cast(:org_id AS bigint), w.kind, w.ref_id
FROM unnest(cast(:kinds AS text[]), cast(:ref_ids AS bigint[])) AS w (kind, ref_id)
ORDER BY w.kind, w.ref_id
ON CONFLICT (org_id, kind, ref_id) DO NOTHING

-- stream_lock: the streams of an append, locked in key order, with their last sequence numbers.
-- Index: streams_ref_key
SELECT s.kind, s.ref_id, s.id, s.last_seq
FROM streams AS s
JOIN unnest(cast(:kinds AS text[]), cast(:ref_ids AS bigint[])) AS w (kind, ref_id)
  ON w.kind = s.kind AND w.ref_id = s.ref_id
WHERE s.org_id = cast(:org_id AS bigint)
ORDER BY s.id
FOR NO KEY UPDATE OF s

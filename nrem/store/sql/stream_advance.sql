-- stream_advance: raises the last sequence number and the token count of each stream.
-- Index: streams_pkey
UPDATE streams AS s
SET last_seq = w.last_seq, tokens = s.tokens + w.tokens
FROM unnest(cast(:stream_ids AS bigint[]), cast(:last_seqs AS bigint[]), cast(:tokens AS bigint[]))
  AS w (stream_id, last_seq, tokens)
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.id = w.stream_id

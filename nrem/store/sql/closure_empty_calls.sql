-- closure_empty_calls: empties what models were shown and said of persons: nobody knows which request held the words that go.
-- Index: llm_calls_subject_idx
UPDATE llm_calls AS c
SET request = NULL, reply = NULL
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.subject_id = ANY(cast(:subject_ids AS bigint[]))
  AND (c.request IS NOT NULL OR c.reply IS NOT NULL)

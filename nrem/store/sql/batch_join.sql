-- batch_join: adds a request to the batch that gathers for a model; one that is large enough takes no more.
-- Index: llm_batches_open_key
-- Role: nrem_worker
UPDATE llm_batches AS b
SET requests = b.requests + 1, bytes = b.bytes + cast(:bytes AS bigint),
    state = CASE WHEN b.requests + 1 < cast(:most_requests AS int)
                  AND b.bytes + cast(:bytes AS bigint) < cast(:most_bytes AS bigint) THEN 'open' ELSE 'full' END
WHERE b.org_id = cast(:org_id AS bigint)
  AND b.model = cast(:model AS text)
  AND b.state = 'open'
RETURNING b.id

-- batch_counts: over all orgs, the batches that are not answered, their requests, and what batches cost today.
-- Index: llm_batches_state_idx, llm_spend_day_idx
-- Role: nrem_worker
SELECT count(*) AS batches, coalesce(sum(b.requests), 0) AS requests,
       (SELECT cast(coalesce(sum(s.batch_micros), 0) AS bigint)
        FROM llm_spend AS s
        WHERE s.day = cast(app_now() AT TIME ZONE 'UTC' AS date)) AS micros
FROM llm_batches AS b
WHERE b.state IN ('open', 'full', 'sending', 'sent')

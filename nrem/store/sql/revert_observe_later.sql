-- revert_observe_later: the later runs of observe over a stream that noted something and still stand.
-- Index: runs_pass_idx
SELECT r.id
FROM runs AS r
WHERE r.org_id = cast(:org_id AS bigint)
  AND r.pass = 'observe'
  AND r.id > cast(:run_id AS bigint)
  AND r.stream_id = cast(:stream_id AS bigint)
  AND r.outcome = 'applied'
  AND r.reverts IS NULL
  AND r.reverted_by IS NULL
ORDER BY r.id

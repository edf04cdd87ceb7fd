-- erasure_line_stand: how far erasures of any org have come.
-- Index: none (a function)
SELECT s.org_id, s.erasure_id, s.state, s.reached, s.target_hash, s.requested_at
FROM erasures_stand(cast(:org_ids AS bigint[]), cast(:ids AS bigint[])) AS s

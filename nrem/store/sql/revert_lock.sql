-- revert_lock: locks the row of a run that is to be undone, so that it is undone once, and draws the number of the run that does it.
-- Index: runs_pkey, streams_pkey
SELECT r.id, r.pass AS pass_name, r.outcome, r.changed, r.started_at, r.reverts, r.reverted_at, r.reverted_by,
       r.stream_id, r.detail AS detail, s.ref_id AS subject_id, b.detail AS told, nextval('runs_id_seq') AS number
FROM runs AS r
LEFT JOIN streams AS s ON s.org_id = r.org_id AND s.id = r.stream_id AND s.kind = 'subject'
LEFT JOIN runs AS b ON b.org_id = r.org_id AND b.id = r.reverted_by
WHERE r.org_id = cast(:org_id AS bigint)
  AND r.id = cast(:run_id AS bigint)
FOR NO KEY UPDATE OF r

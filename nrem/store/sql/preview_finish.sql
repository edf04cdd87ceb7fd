-- preview_finish: says what came of an approved preview, in the transaction that does it.
-- Index: previews_pkey
-- Role: nrem_worker
UPDATE previews AS p
SET state = cast(:state AS text), run_ids = cast(:run_ids AS bigint[])
WHERE p.org_id = cast(:org_id AS bigint)
  AND p.id = cast(:id AS bigint)
  AND p.state = 'approved'

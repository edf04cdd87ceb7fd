-- preview_expire: empties previews whose time is over; which runs came of them stays.
-- Index: previews_pkey
-- Role: nrem_worker
UPDATE previews AS p
SET state = 'expired', changes = '[]'
WHERE p.org_id = cast(:org_id AS bigint)
  AND p.id = ANY(cast(:ids AS bigint[]))

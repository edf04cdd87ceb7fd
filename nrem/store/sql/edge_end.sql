-- edge_end: ends edges that stand.
-- Index: edges_pkey
UPDATE edges AS e
SET valid_to = greatest(app_now(), e.valid_from + interval '1 microsecond')
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = ANY(cast(:edge_ids AS bigint[]))
  AND e.valid_to IS NULL

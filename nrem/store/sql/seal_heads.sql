-- seal_heads: the ends of chains that are further than the places known.
-- Index: none (a row per org, most of them known)
-- Role: nrem_worker
SELECT h.org_id, h.place, h.audit_id, h.hash, h.sealed_at
FROM seal_heads AS h
LEFT JOIN unnest(cast(:org_ids AS bigint[]), cast(:places AS bigint[])) AS k (org_id, place)
  ON k.org_id = h.org_id
WHERE k.place IS NULL OR h.place > k.place
ORDER BY h.org_id

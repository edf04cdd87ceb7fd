-- closure_drop_parked: what was set aside and is erased now is not taken up again.
-- Index: parked_open_key
UPDATE parked AS p
SET resolved_at = clock_timestamp(), resolution = 'dropped'
WHERE p.org_id = cast(:org_id AS bigint)
  AND p.pass = ANY(ARRAY['score', 'embed', 'decay'])
  AND p.resolved_at IS NULL
  AND ((p.item_kind IN ('event', 'turn') AND p.item_id = ANY(cast(:event_ids AS bigint[])))
       OR (p.item_kind = 'memory' AND p.item_id = ANY(cast(:memory_ids AS bigint[]))))

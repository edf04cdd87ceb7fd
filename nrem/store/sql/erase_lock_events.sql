-- erase_lock_events: locks the events that go, so that whoever derives something from them is through, or waits and is refused.
-- Index: none (all events of an erasure)
-- Role: nrem_worker
SELECT count(*) AS events
FROM (
  SELECT e.id
  FROM erasure_items AS i
  JOIN events AS e ON e.org_id = i.org_id AND e.id = i.item_id
  WHERE i.org_id = cast(:org_id AS bigint)
    AND i.erasure_id = cast(:erasure_id AS bigint)
    AND i.kind IN ('event', 'said')
  ORDER BY e.id
  FOR UPDATE OF e) AS l

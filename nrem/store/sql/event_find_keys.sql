-- event_find_keys: events that were accepted under these idempotency keys.
-- Index: events_idem_key
SELECT e.idem_key, e.body_hash, e.id
FROM events AS e
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.idem_key = ANY(cast(:keys AS bytea[]))

-- erase_events: deletes events with what was made of them to be searched; effects and uses go by foreign keys.
-- Index: events_pkey, derivations_event_idx, embeddings_pkey, lexemes_item_idx
-- Role: nrem_worker
WITH w AS (
  SELECT g.event_id FROM unnest(cast(:event_ids AS bigint[])) AS g (event_id)
), vectors AS (
  DELETE FROM embeddings AS x USING w
  WHERE x.org_id = cast(:org_id AS bigint) AND x.item_kind = 'turn' AND x.item_id = w.event_id
), postings AS (
  DELETE FROM lexemes AS l USING w
  WHERE l.org_id = cast(:org_id AS bigint) AND l.item_kind = 'turn' AND l.item_id = w.event_id
), sources AS (
  DELETE FROM derivations AS d USING w
  WHERE d.org_id = cast(:org_id AS bigint) AND d.event_id = w.event_id
)
DELETE FROM events AS e USING w
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = w.event_id

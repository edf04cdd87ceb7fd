-- closure_erase: empties what was said in events, and deletes what recall searched of it; an empty digest says that it was erased.
-- Index: events_pkey, derivations_event_idx, embeddings_pkey, lexemes_item_idx
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
UPDATE events AS e
SET body = '{}', body_hash = ''
FROM w
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = w.event_id
  AND e.body_hash <> ''

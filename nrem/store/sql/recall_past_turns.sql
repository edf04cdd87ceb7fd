-- recall_past_turns: what ranking must know of turns, and whether their session had been handed over at an instant.
-- Index: events_pkey
SELECT t.id, t.stream_id, t.seq, t.occurred_at, t.recorded_at, t.body, s.external_id AS session,
       s.id IS NULL OR coalesce(s.consolidated_at <= cast(:as_of AS timestamptz), false) AS is_handed_over
FROM events AS t
LEFT JOIN sessions AS s ON s.org_id = t.org_id AND s.id = t.session_id
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.id = ANY(cast(:ids AS bigint[]))

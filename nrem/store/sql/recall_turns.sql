-- recall_turns: what ranking must know of turns.
-- Index: events_pkey
SELECT t.id, t.stream_id, t.seq, t.occurred_at, t.recorded_at, t.body, s.external_id AS session,
       coalesce(s.state = 'consolidated', true) AS is_handed_over
FROM events AS t
LEFT JOIN sessions AS s ON s.org_id = t.org_id AND s.id = t.session_id
WHERE t.org_id = cast(:org_id AS bigint)
  AND t.id = ANY(cast(:ids AS bigint[]))

-- session_touch: counts the turns of an append and closes the sessions that it ended.
-- Index: sessions_pkey
UPDATE sessions AS s
SET turns = s.turns + w.turns,
    last_event_at = greatest(s.last_event_at, app_now()),
    state = CASE WHEN w.end_event_id = 0 THEN s.state ELSE 'ended' END,
    ended_at = CASE WHEN w.end_event_id = 0 THEN s.ended_at ELSE w.ended_at END,
    end_order = nullif(w.end_event_id, 0)
FROM unnest(
  cast(:session_ids AS bigint[]), cast(:turns AS int[]),
  cast(:end_event_ids AS bigint[]), cast(:ended_at AS timestamptz[])
) AS w (session_id, turns, end_event_id, ended_at)
WHERE s.org_id = cast(:org_id AS bigint)
  AND s.id = w.session_id
  AND s.state = 'open'

-- access_add: logs uses of memories of the agent named; a turn counts once, an unknown memory not at all.
-- Index: memories_pkey, accesses_turn_key
INSERT INTO accesses (org_id, memory_id, event_id, turn_key, at)
SELECT cast(:org_id AS bigint), m.id, nullif(w.event_id, 0), w.turn_key, w.at
FROM unnest(
  cast(:memory_ids AS bigint[]), cast(:agent_ids AS bigint[]), cast(:event_ids AS bigint[]),
  cast(:turn_keys AS bytea[]), cast(:instants AS timestamptz[])
) WITH ORDINALITY AS w (memory_id, agent_id, event_id, turn_key, at, place)
JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.id = w.memory_id AND m.agent_id = w.agent_id
ORDER BY m.id, w.turn_key, w.place
ON CONFLICT (org_id, memory_id, turn_key) WHERE turn_key IS NOT NULL DO NOTHING
RETURNING event_id

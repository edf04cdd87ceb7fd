-- erase_remakes: the next memories of others to be made anew, and of which events.
-- Index: erasure_remakes_pkey, subjects_pkey
-- Role: nrem_worker
SELECT r.memory_id AS id, r.subject_id, u.agent_id, u.user_id, r.session_id, r.tier, 'consolidate' AS derived_by, r.event_ids
FROM erasure_remakes AS r
JOIN subjects AS u ON u.org_id = r.org_id AND u.id = r.subject_id
WHERE r.org_id = cast(:org_id AS bigint)
  AND r.erasure_id = cast(:erasure_id AS bigint)
ORDER BY r.memory_id
LIMIT cast(:limit AS int)

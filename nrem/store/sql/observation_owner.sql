-- observation_owner: whose observation it is, and its contents.
-- Index: observations_pkey
SELECT o.subject_id, u.agent_id, u.user_id, o.ordinal, o.content_hash
FROM observations AS o
JOIN subjects AS u ON u.org_id = o.org_id AND u.id = o.subject_id
WHERE o.org_id = cast(:org_id AS bigint)
  AND o.id = cast(:observation_id AS bigint)

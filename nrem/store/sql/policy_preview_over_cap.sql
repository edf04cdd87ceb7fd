-- policy_preview_over_cap: how many live memories subjects have beyond a cap; pinned ones are never too many.
-- Index: memories_cap_idx
SELECT coalesce(sum(least(s.live - cast(:cap AS bigint), s.loose)), 0) AS surplus
FROM (
  SELECT count(*) AS live, count(*) FILTER (WHERE NOT m.pinned) AS loose
  FROM memories AS m
  WHERE m.org_id = cast(:org_id AS bigint) AND m.state = 'live'
  GROUP BY m.subject_id
  HAVING count(*) > cast(:cap AS bigint)
) AS s

-- run_change_show: what a run did to memories, with what the versions before and after it say.
-- Index: run_changes_pkey, memories_pkey, memory_versions_pkey
SELECT c.memory_id, c.what, c.version_before, c.version_after, c.before, c.after,
       CASE WHEN c.version_before = m.version THEN m.content ELSE b.content END AS content_before,
       CASE WHEN c.version_after = m.version THEN m.content ELSE a.content END AS content_after
FROM run_changes AS c
JOIN memories AS m ON m.org_id = c.org_id AND m.id = c.memory_id
LEFT JOIN memory_versions AS b
  ON b.org_id = c.org_id AND b.memory_id = c.memory_id AND b.version = c.version_before
LEFT JOIN memory_versions AS a
  ON a.org_id = c.org_id AND a.memory_id = c.memory_id AND a.version = c.version_after
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.run_id = cast(:run_id AS bigint)
ORDER BY c.memory_id, c.what

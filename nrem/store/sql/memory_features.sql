-- memory_features: what the score of a memory was made of.
-- Index: memories_pkey
SELECT m.importance_given, m.features
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = cast(:memory_id AS bigint)

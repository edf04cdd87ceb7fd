-- shelf_size: how many live memories a shelf has, counted up to a bound.
-- Index: memories_shelf_idx
SELECT count(*) AS size
FROM (
  SELECT
  FROM memories AS m
  WHERE m.org_id = cast(:org_id AS bigint)
    AND m.subject_id = cast(:subject_id AS bigint)
    AND m.shelf = cast(:shelf AS text)
    AND m.state = 'live'
  LIMIT cast(:bound AS int)
) AS bounded

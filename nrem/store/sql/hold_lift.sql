-- hold_lift: ends a hold; one that was lifted already keeps its instant.
-- Index: holds_pkey
UPDATE holds AS h
SET lifted_at = app_now()
WHERE h.org_id = cast(:org_id AS bigint)
  AND h.id = cast(:id AS bigint)
  AND h.lifted_at IS NULL

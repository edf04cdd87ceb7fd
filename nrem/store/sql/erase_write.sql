-- erase_write: says how far an erasure has come, and what was found; what is not given stays as it is.
-- Index: erasures_pkey
UPDATE erasures AS e
SET state = cast(:state AS text),
    reached = cast(:reached AS text),
    step = coalesce(cast(:step AS text), e.step),
    confirmed_by = coalesce(cast(:confirmed_by AS bigint), e.confirmed_by),
    preview_hash = coalesce(cast(:preview_hash AS bytea), e.preview_hash),
    preview = coalesce(cast(:preview AS jsonb), e.preview),
    manifest = coalesce(cast(:manifest AS jsonb), e.manifest),
    deleted_counts = coalesce(cast(:deleted_counts AS jsonb), e.deleted_counts),
    measured = coalesce(cast(:measured AS jsonb), e.measured),
    scan = coalesce(cast(:scan AS jsonb), e.scan),
    instants = e.instants || cast(:instants AS jsonb),
    error = cast(:error AS text),
    receipt = coalesce(cast(:receipt AS jsonb), e.receipt),
    receipt_hash = coalesce(cast(:receipt_hash AS bytea), e.receipt_hash)
WHERE e.org_id = cast(:org_id AS bigint)
  AND e.id = cast(:id AS bigint)

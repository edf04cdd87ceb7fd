-- change_write: writes a caller's change of a locked memory; the trigger closes the version if it made one.
-- Index: memories_pkey
UPDATE memories AS m
SET type = cast(:type AS text), content = cast(:content AS text),
    -- a digest and a score belong to their text
    content_hash = coalesce(cast(:content_hash AS bytea), m.content_hash),
    features = cast(:features AS jsonb),
    metadata = cast(:metadata AS jsonb), importance = cast(:importance AS float8),
    importance_given = cast(:is_importance_given AS bool), pinned = cast(:is_pinned AS bool),
    occurred_at = cast(:occurred_at AS timestamptz), true_until = cast(:true_until AS timestamptz),
    tier = cast(:tier AS text), state = cast(:state AS text), state_since = cast(:state_since AS timestamptz),
    state_reason = cast(:reason AS text), last_access = cast(:last_access AS timestamptz),
    facts_since = cast(:facts_since AS timestamptz), expires_at = cast(:expires_at AS timestamptz),
    due_at = CASE
      WHEN cast(:keeps_due AS bool) THEN m.due_at
      ELSE coalesce(cast(:due_at AS timestamptz), 'infinity')
    END
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id = cast(:memory_id AS bigint)

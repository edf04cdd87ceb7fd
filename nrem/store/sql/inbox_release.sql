-- inbox_release: gives items back, due again after a pause; a try that does not count is taken off.
-- Index: inbox_pkey
-- Role: nrem_worker
UPDATE inbox AS i
SET owner = NULL, lease_until = NULL, attempts = i.attempts - cast(:uncounted AS int),
    due_at = app_now() + make_interval(secs => cast(:delay_seconds AS float8))
FROM unnest(cast(:item_kinds AS text[]), cast(:item_ids AS bigint[])) AS w (item_kind, item_id)
WHERE i.org_id = cast(:org_id AS bigint)
  AND i.pass = cast(:pass AS text)
  AND i.item_kind = w.item_kind
  AND i.item_id = w.item_id
  AND i.owner = cast(:owner AS text)

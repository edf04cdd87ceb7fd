-- preview_answer: answers a preview that was asked for.
-- Index: previews_pkey
-- Role: nrem_worker
UPDATE previews AS p
SET state = cast(:state AS text), answered_at = app_now(), digest = cast(:digest AS bytea), steps = cast(:steps AS int),
    read = cast(:read AS int), proposed = cast(:proposed AS int), changes = cast(:changes AS jsonb),
    outcome = cast(:outcome AS text), reason = cast(:reason AS text)
WHERE p.org_id = cast(:org_id AS bigint)
  AND p.id = cast(:id AS bigint)
  AND p.state = 'asked'

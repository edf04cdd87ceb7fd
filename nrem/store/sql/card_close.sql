-- card_close: ends the values of fields that change, and moves the card to its next version.
-- Index: cards_pkey, card_values_current_key
WITH moved AS (
  UPDATE cards AS c
  SET version = cast(:version AS int), updated_at = app_now()
  WHERE c.org_id = cast(:org_id AS bigint)
    AND c.subject_id = cast(:subject_id AS bigint)
)
UPDATE card_values AS v
SET valid_to = greatest(app_now(), v.valid_from)
WHERE v.org_id = cast(:org_id AS bigint)
  AND v.subject_id = cast(:subject_id AS bigint)
  AND v.field = ANY(cast(:fields AS text[]))
  AND v.valid_to IS NULL

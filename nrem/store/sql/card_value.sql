-- card_value: what one field of a card says now.
-- Index: card_values_current_key
SELECT v.value
FROM card_values AS v
WHERE v.org_id = cast(:org_id AS bigint)
  AND v.subject_id = cast(:subject_id AS bigint)
  AND v.field = cast(:field AS text)
  AND v.valid_to IS NULL
